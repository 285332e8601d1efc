/** Container images that instances run. */
export const containerNames = ['database', 'backup'] as const;
export type ContainerName = typeof containerNames[number];
