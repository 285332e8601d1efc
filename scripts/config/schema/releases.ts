/** OpenStack releases the tool knows, oldest first. Always text: 2025.10 and 2025.1 are the same number. */
export const releases = ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master'] as const;
export type Release = (typeof releases)[number];
