import { spawnSync } from 'node:child_process';
import { whyNoLab } from '../../lab/common/requirements';

/** Runs the system tests as part of `npm test`. A machine that can't host a lab is told so in the last line; all else has been tested. */
whyNoLab().then((reason) => {
  if (reason) {
    console.log(`\nNot run: the system tests, which boot droplets (npm run test:lab). ${reason}`);
  } else {
    process.exitCode = spawnSync('npm', ['run', '--silent', 'test:lab'], { stdio: 'inherit' }).status ?? 1;
  }
});
