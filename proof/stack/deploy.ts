import { Progress } from '../../lab/common/progress';
import { applyAgain } from '../../lab/instance/deploy';

/** Deploys a stack onto a running lab, as a process that can be killed: `deploy.ts <lab> <command that synthesizes> <options as JSON>`. */
const [lab = '', app, options = '{}'] = process.argv.slice(2);
const quiet = new Progress(() => {});
applyAgain({ ...JSON.parse(options), name: lab, app, apply: 'direct', progress: quiet }).catch(
  ({ message }: Error) => {
    console.error(message);
    process.exit(1);
  },
);
