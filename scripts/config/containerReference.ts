/** REGISTRY/NAME@sha256:… with all 64 digits. The digest names one image for ever; a tag may be another one tomorrow. */
export const isPinnedReference = (value: string): boolean => /^[\w.-]+(?::\d+)?(?:\/[a-z\d]+(?:[._-]+[a-z\d]+)*)+@sha256:[\da-f]{64}$/.test(value);
