/** Words before a command that run it as a user of the machine's services. */
export const asUser = (user: string): string => `setpriv --reuid ${user} --regid ${user} --init-groups env HOME=/var/lib/${user}`;
