/** The resource classes that a server of Nova takes of its host, as Placement calls them. */
export const resourceClasses = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;
