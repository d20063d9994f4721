/**
 * Of each Node.js that package.json admits the newest release when this was last changed: `npm view node versions` lists them. `@types/node` stays
 * with the oldest, so that nothing newer is used by mistake.
 */
export const NODE_VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;
