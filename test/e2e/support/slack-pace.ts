/** Posts and updates as fast as they go, for stories that are not about Slack's pace. */
export const WITHOUT_SLACK_PACE = {
  SPILLWAY_SLACK_POST_INTERVAL: '0s',
  SPILLWAY_SLACK_UPDATES_PER_MINUTE: '0',
};

/** As operators have it. A setting that is empty counts as unset. */
export const DEFAULT_SLACK_PACE = {
  SPILLWAY_SLACK_POST_INTERVAL: '',
  SPILLWAY_SLACK_UPDATES_PER_MINUTE: '',
};
