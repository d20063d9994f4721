/** DigitalOcean's times have no fractions of a second. */
export const second = (time: string) => `${time.slice(0, 19)}Z`;
