/** What bounds a delivery. All in milliseconds. */
export interface DeliveryRules {
  /** Least time between two plain updates of one message. */
  readonly updateIntervalMs: number;
  /** A call to a sink is aborted after that. */
  readonly callTimeoutMs: number;
  /** A call that is not recorded so long after its deadline belongs to nobody: its worker died. */
  readonly leaseMarginMs: number;
  /** Calls of one integration that run at once in one process, so that a slow one takes no more of the workers. */
  readonly callsPerIntegration: number;
}

export const DEFAULT_RULES: DeliveryRules = {
  updateIntervalMs: 5 * 60_000,
  callTimeoutMs: 10_000,
  leaseMarginMs: 5_000,
  callsPerIntegration: 8,
};
