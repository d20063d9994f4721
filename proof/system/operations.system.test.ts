import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionsOf } from '../operations/document';
import { Operator } from '../operations/operator';
import { STORIES } from '../operations/stories';
import { eventually, type Settings, TestLab } from './test-lab';
import { Workstation } from './workstation';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a machine that is busy too. */
const PATIENCE = 600;
const SETTINGS: Settings = { database: { backups: { bucket: 'foobar-backups' } } };
const LAST = 'Remove everything';

/** Seconds for which a page waits until nothing is missing. After one that has waited in vain the others are not begun. */
let patience = PATIENCE;

let lab: TestLab;
let workstation: Workstation;
let operator: Operator;
/** The path of a note that was written in the beginning, and outlives all that is done to the stack. */
let note: string;

beforeAll(async () => {
  process.env.TF_VAR_backup_recovery_password = 'a recovery password';
  lab = await TestLab.start('operations-test', SETTINGS);
  workstation = await Workstation.set(lab.name, lab.access);
  operator = new Operator(lab, workstation, SETTINGS);
  note = `/notes/${JSON.parse((await lab.write('written in the beginning')).text).id}`;
}, 12 * MINUTE);

afterAll(async () => {
  workstation?.end();
  await lab?.end();
}, MINUTE);

const visit = async (url: string) => (await workstation.shell(`curl -s --fail --max-time 20 ${url}`)).stdout;
const isWhole = async () =>
  (await visit('http://www.foobar.com/-/redundancy')).includes('Nothing is missing');

async function untilWhole(): Promise<void> {
  const waiting = patience;
  patience = 1;
  await eventually(isWhole, waiting);
  patience = PATIENCE;
}

describe.each(Object.entries(STORIES))('%s in a lab, as it stands', (document, stories) => {
  const sections = sectionsOf(readFileSync(join(__dirname, '../..', document), 'utf8'));

  test.each(sections.filter(({ heading }) => stories[heading]))(
    '$heading',
    async (section) => {
      await untilWhole();
      const story = stories[section.heading] ?? {};
      await story.before?.(lab);
      const words = () => story.words?.(lab, workstation) ?? Promise.resolve({});
      await operator.follow(section, { words, typed: story.typed?.(lab) }).finally(() => story.after?.(lab));
      process.stderr.write(`${document}, "${section.heading}": done\n`);
      if (section.heading === LAST) return;
      await untilWhole();
      await eventually(
        async () => (await visit(`https://www.foobar.com${note}`)).includes('written in the beginning'),
        PATIENCE,
      );
    },
    30 * MINUTE,
  );
});
