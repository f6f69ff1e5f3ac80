/** What an error code of Slack means for us. */
export type CodeClass =
  'unauthorized' | 'destination' | 'message' | 'payload' | 'throttled' | 'unsure' | 'transient';

const newToken = (what: string): string => `Slack says ${what}: put in a new one.`;
const askAdmin = (what: string): string => `${what}: ask an administrator of the Slack workspace.`;
const tooMuch = (what: string): string =>
  `Slack refuses the message because ${what}, even in its shortest form.`;

/**
 * Error codes by class, each with what a person can do about it.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors and chat.update#errors, read 2026-11-20.
 */
const CODES: Readonly<Record<CodeClass, Readonly<Record<string, string>>>> = {
  unauthorized: {
    not_authed: 'Slack received no token: put one in.',
    invalid_auth: newToken('the token is not valid'),
    account_inactive: newToken("the token's user or workspace was deactivated"),
    token_revoked: newToken('the token was revoked'),
    token_expired: newToken('the token has expired'),
    missing_scope: 'The token lacks a permission: add it to the Slack app and install the app again.',
    not_allowed_token_type: 'Slack does not allow this kind of token here: put in a bot token (xoxb-…).',
    no_permission: askAdmin('The token may not do this in the workspace'),
    access_denied: askAdmin('Slack denies access'),
    team_access_not_granted: askAdmin("The token has not been granted this workspace's access"),
    ekm_access_denied: askAdmin(
      "The workspace's administrators have suspended sending messages to this channel",
    ),
    org_login_required: askAdmin('The workspace is being moved into an enterprise organization'),
    two_factor_setup_required: "The token's user must set up two-factor authentication in Slack.",
  },
  destination: {
    channel_not_found:
      'Slack knows no such channel, or it is private and the app is not in it: check the channel, or invite the app.',
    not_in_channel: 'The app is not in the channel: invite it, or give it the scope chat:write.public.',
    is_archived: 'The channel is archived: unarchive it in Slack or choose another one.',
    is_inactive: 'The channel is archived, frozen or deleted: restore it in Slack or choose another one.',
    messages_tab_disabled: "The app's messages tab is off: turn it on in the Slack app, or choose a channel.",
    restricted_action: askAdmin('A preference of the workspace keeps the app from posting in the channel'),
    restricted_action_read_only_channel:
      'The channel is read-only: let the app post there or choose another one.',
    restricted_action_thread_only_channel: 'The channel takes replies in threads only: choose another one.',
    team_not_found: "An organization-wide token needs the channel's ID in place of its name.",
  },
  message: {
    message_not_found: 'The message is no longer in Slack; a fresh one takes its place.',
    cant_update_message:
      'The message was posted with another identity than this token has; a fresh one takes its place.',
    edit_window_closed:
      'The workspace no longer allows the message to be edited; a fresh one takes its place.',
  },
  payload: {
    no_text: tooMuch('it finds no text in it'),
    msg_too_long: tooMuch('it is too long'),
    msg_blocks_too_long: tooMuch('its blocks are too long'),
    attachment_payload_limit_exceeded: tooMuch('its attachments are too large'),
    too_many_attachments: tooMuch('it has too many attachments'),
    invalid_blocks: tooMuch('its blocks are not valid'),
    invalid_blocks_format: tooMuch('its blocks are malformed'),
    invalid_attachments: tooMuch('its attachments are not valid'),
    block_mismatch: tooMuch('its blocks may not replace those that are there'),
    markdown_text_conflict: tooMuch('it has its text twice'),
    metadata_too_large: tooMuch('its metadata is too large'),
    metadata_must_be_sent_from_app: tooMuch('this kind of token may not send metadata'),
    invalid_metadata_format: tooMuch('its metadata is malformed'),
    invalid_metadata_schema: tooMuch('its metadata is not valid'),
  },
  throttled: {
    ratelimited: 'Slack asks us to slow down.',
    rate_limited: 'Slack asks us to slow down.',
    message_limit_exceeded: 'The workspace sends more messages than its Slack plan allows.',
  },
  // "It's possible some aspect of the operation succeeded before the error was raised."
  unsure: {
    fatal_error: 'Slack failed while it worked on the message.',
    internal_error: 'Slack failed while it worked on the message.',
  },
  transient: {
    service_unavailable: 'Slack is temporarily unavailable.',
    request_timeout: 'Slack did not receive the whole request.',
    team_added_to_org: 'The workspace is being moved into an enterprise organization.',
    external_channel_migrating: 'The channel is being migrated.',
    update_failed: 'Slack could not update the message.',
    streaming_state_conflict: 'Slack says the message is being written to.',
  },
};

const BY_CODE = new Map(
  Object.entries(CODES).flatMap(([codeClass, reasons]) =>
    Object.entries(reasons).map(
      ([code, reason]) => [code, { codeClass: codeClass as CodeClass, reason }] as const,
    ),
  ),
);

interface KnownCode {
  readonly codeClass: CodeClass;
  readonly reason: string;
}

/** Families of codes that Slack adds members to without notice, by how they begin. */
const FAMILIES: readonly (KnownCode & { readonly prefix: string })[] = [
  {
    prefix: 'restricted_action',
    codeClass: 'destination',
    reason: askAdmin('A preference of the workspace or the channel keeps the app from posting there'),
  },
  { prefix: 'metadata_', codeClass: 'payload', reason: tooMuch('it finds fault with its metadata') },
];

/** Class and reason of a code; `undefined` for one that is not known here. New ones appear without notice. */
export const lookUpCode = (code: string): KnownCode | undefined =>
  BY_CODE.get(code) ?? FAMILIES.find(({ prefix }) => code.startsWith(prefix));

/** Every known code with its class; for tests and for the stand-in's documentation. */
export const knownCodes = (): ReadonlyMap<string, { readonly codeClass: CodeClass }> => BY_CODE;
