/** User name and password of an address, between `//` and `@`. */
export const userInfo = /\b([a-z][a-z\d+.-]*:\/\/)([^\s/?#@"']+)@/gi;

/** The same text with user names and passwords of addresses in it replaced by `***`. */
export const hideUrlPasswords = (text: string): string => text.replaceAll(userInfo, '$1***@');
