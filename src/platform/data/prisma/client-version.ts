/** Version of `@prisma/client` in package.json. */
export const CLIENT_VERSION = '7.10.0'
