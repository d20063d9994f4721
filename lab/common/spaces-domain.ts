/** Below which the object storage of each region has its name. */
export const SPACES_DOMAIN = 'digitaloceanspaces.com';
