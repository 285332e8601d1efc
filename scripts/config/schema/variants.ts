/** Distributions that container images are made from. */
export const variants = ['alpine', 'debian', 'ubuntu', 'rocky'] as const;
export type Variant = typeof variants[number];
