// `unit` runs anywhere; `system` and `drills` boot droplets. Drills measure: nothing else runs meanwhile.
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out'],
};

module.exports = {
  reporters: ['default', '<rootDir>/__tests__/not-run.js'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/lab/__tests__/'],
    },
    {
      ...common,
      displayName: 'system',
      testMatch: ['<rootDir>/lab/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/lab/__tests__/drill.test.ts'],
    },
    { ...common, displayName: 'drills', testMatch: ['<rootDir>/lab/__tests__/drill.test.ts'] },
  ],
};
