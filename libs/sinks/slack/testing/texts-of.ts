import type { SlackMessage } from '../slack.message.js';

/** Every text of the message's blocks, in their order. */
export const textsOf = (message: SlackMessage): string[] =>
  message.attachments.flatMap((attachment) =>
    (attachment.blocks ?? []).flatMap((block) => {
      if ('text' in block) return [block.text.text];
      return ('fields' in block ? block.fields : block.elements).map((part) => part.text);
    }),
  );
