/** What was asked for cannot be done with this configuration; the message says why in a sentence. */
export class InvalidUse extends Error {}
