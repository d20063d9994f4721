/** describe where namespaces can be made and droplets boot; elsewhere its tests are named as not run. */
export const describeAsRoot =
  process.platform === 'linux' && process.getuid?.() === 0
    ? describe
    : (name: string, tests: () => void) => describe.skip(`${name} (not run: needs Linux and root)`, tests);
