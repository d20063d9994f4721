const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** Where lab/instance/keep-logs.ts keeps them. */
const FOLDER = 'lab.out';
const SUMMARY = 'summary.txt';
/** So many summaries are shown; of others the name is. */
const SHOWN = 3;

/** A jest reporter that ends with what is easily missed: attempts that failed before a good one, and the last words of labs that failed. */
module.exports = class EndReport {
  onRunStart() {
    this.start = Date.now();
  }

  onRunComplete(_contexts, { testResults }) {
    const tests = testResults.flatMap(({ testResults: of }) => of);
    const again = tests.filter(({ invocations }) => invocations > 1);
    if (again.length > 0) {
      const lines = again.map(
        ({ fullName, invocations, status, retryReasons = [] }) =>
          `  ${fullName}: ${status} at attempt ${invocations}\n${retryReasons.map(reason).join('\n')}`,
      );
      console.log(`\nNeeded more than one attempt:\n${lines.join('\n')}`);
    }
    for (const [i, folder] of this.kept().entries()) {
      console.log(`\nA lab failed, and what it wrote is in ${folder}/.`);
      if (i < SHOWN) console.log(readFileSync(join(folder, SUMMARY), 'utf8'));
    }
  }

  /** Folders of labs that failed since the start of this run. */
  kept() {
    if (!existsSync(FOLDER)) return [];
    return readdirSync(FOLDER)
      .map((name) => join(FOLDER, name))
      .filter((folder) => existsSync(join(folder, SUMMARY)))
      .filter((folder) => statSync(join(folder, SUMMARY)).mtimeMs >= this.start);
  }
};

/** Why an attempt failed, without colours and without the stack. */
function reason(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a colour
  const lines = text.replace(/\u001b\[\d+m/g, '').split('\n');
  return lines
    .filter((line) => line.trim() && !/^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');
}
