// `unit` runs anywhere; `system`, `boots` and `drills` boot droplets, `boots` for long. Drills measure: nothing else runs meanwhile.
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out'],
};

/** Of the system tests those that take long (npm run test:boots). */
const BOOTS = [
  'disasters',
  'environments',
  'first-boot',
  'growing-stack',
  'https',
  'life',
  'operations',
  'release',
].map((name) => `<rootDir>/proof/system/${name}.system.test.ts`);
const DRILLS = '<rootDir>/proof/system/drills.system.test.ts';

const booting = { ...common, testEnvironment: '<rootDir>/proof/system/environment.ts' };

module.exports = {
  // Of a test that names none. On a busy machine even the start of a program may take a minute; one that hangs is noticed all the same.
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/__tests__/not-run.js', '<rootDir>/proof/system/end-report.js'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      globalSetup: '<rootDir>/__tests__/temporary-files/set-up.ts',
      globalTeardown: '<rootDir>/__tests__/temporary-files/tear-down.ts',
      testMatch: ['<rootDir>/{__tests__,lab,proof}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.system\\.test\\.ts$'],
    },
    {
      ...booting,
      displayName: 'system',
      testMatch: ['<rootDir>/{lab,proof}/**/*.system.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', DRILLS, ...BOOTS],
    },
    { ...booting, displayName: 'boots', testMatch: BOOTS },
    { ...booting, displayName: 'drills', testMatch: [DRILLS] },
  ],
};
