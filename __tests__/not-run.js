/** A jest reporter that ends with the names of the tests that were not run: their names say why. */
module.exports = class NotRun {
  onRunComplete(_contexts, { testResults }) {
    const names = testResults
      .flatMap(({ testResults: tests }) => tests)
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => fullName);
    if (names.length > 0) console.log(`\nNot run:\n${names.map((name) => `  ${name}`).join('\n')}`);
  }
};
