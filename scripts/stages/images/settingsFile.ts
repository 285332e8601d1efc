/** A file that the configuration adds to the guest; its path is relative to the root. */
export type SettingsFile = {readonly path: string; readonly text: string; readonly mode: number};
