#!/usr/bin/env node
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { addApiCommand } from './api/command';
import { faultKinds } from './api/server/faults';
import { COMMAND } from './common/command';
import { endWithAll, endWithNpm } from './common/end-with-npm';
import { portNumber, wholeNumber } from './common/options';
import { Progress } from './common/progress';
import { STORE_FAULTS } from './external/object-store/store-fault';
import { ask } from './instance/control-api';
import type { LabStatus, Power } from './instance/lab';
import { optionOf } from './instance/runtime-paths';
import { DNS_FAULTS } from './network/dns-fault';
import type { Disturbance } from './network/faults';

/** The lab's command line: a local DigitalOcean with a stack on it. Commands that need more of the lab load it when they run. */

const name = new Option('-n, --name <name>', 'which lab, when there are several').default('lab');
const json = new Option('--json', 'as JSON');
const how = new Option(
  '--apply <how>',
  'who applies the stack; by default Terraform where its providers can be had',
).choices(['terraform', 'direct']);
const stack = new Option(
  '--stack <folder>',
  'of the stack: with a cdktf.json, with what `cdktf synth` wrote, or with Terraform JSON; by default the working directory. Of several stacks the name of one: `staging`, or `folder/staging`',
);
const app = new Option(
  '--app <command>',
  'the command that synthesizes the stack; by default the one in cdktf.json',
);

const program = new Command(COMMAND)
  .description('A local DigitalOcean on one Linux machine, with a stack on it.')
  .enablePositionalOptions()
  .showHelpAfterError('(--help says more)')
  .configureHelp({ showGlobalOptions: true });

program
  .command('up', { isDefault: true })
  .description('start a lab and deploy the stack onto it')
  .addOption(name)
  .option('-p, --port <port>', "port of this machine's loopback that leads to the site", portNumber, 8080)
  .addOption(how)
  .addOption(stack)
  .addOption(app)
  .option('--image <file>', 'archive of the container image that the stack runs, as `docker save` makes it')
  .addOption(
    new Option('--flows <mode>', 'what happens to open connections when the Reserved IP moves')
      .choices(['stay', 'cut'])
      .default('stay'),
  )
  .action(
    asRoot(async (options) => {
      const { up } = await import('./instance/up');
      const { nextSteps } = await import('./instance/status-report');
      const progress = new Progress();
      const interruption = new AbortController();
      const interrupt = (signal: NodeJS.Signals) => {
        progress.say('Interrupted: taking everything down');
        process.exitCode = 128 + constants.signals[signal];
        interruption.abort(new Error('Nothing of the lab is left.'));
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
      endWithNpm(() => interrupt('SIGTERM'));
      const lab = await up({ ...options, progress, signal: interruption.signal, detached: true });
      console.log(nextSteps(lab, options.name, progress.seconds()));
    }),
  );

program
  .command('apply')
  .description('synthesize the stack anew and apply it to the running lab')
  .addOption(name)
  .addOption(how)
  .addOption(stack)
  .addOption(app)
  .option('--replace <address...>', 'replace these though nothing changed: digitalocean_droplet.web-1')
  .option('--target <address...>', 'change nothing but these, and what they rest on')
  .action(
    asRoot(async ({ target: targets, ...options }) => {
      const { applyAgain } = await import('./instance/deploy');
      const changes = await applyAgain({ ...options, targets });
      console.log(
        changes.length > 0
          ? changes.map(({ action, address }) => `${action} ${address}`).join('\n')
          : 'No changes.',
      );
    }),
  );

program
  .command('push <file> <image>')
  .description(
    "put a container image into the lab's registry: an archive, and its name such as registry.example.com/shop:1.5",
  )
  .addOption(name)
  .action(
    asRoot(async (options, archive: string, reference: string) => {
      await ask(options.name, 'POST', '/push', { archive: resolve(archive), reference });
    }),
  );

program
  .command('status')
  .description('what runs, who holds the Reserved IP, what is broken on purpose')
  .addOption(name)
  .addOption(json)
  .action(
    asRoot(async (options) => {
      const { statusReport } = await import('./instance/status-report');
      const status = await ask<LabStatus>(options.name, 'GET', '/status');
      console.log(options.json ? JSON.stringify(status, null, 2) : statusReport(status));
    }),
  );

program
  .command('events')
  .description('everything that happens: API calls, power, the Reserved IP, health of each backend, faults')
  .addOption(name)
  .addOption(json)
  .option('--no-follow', 'end with the last event so far')
  .action(
    asRoot(async (options) => {
      const { showEvents } = await import('./instance/status-report');
      await ask(options.name, 'GET', '/status');
      endWithNpm(() => process.exit(1));
      await showEvents(options.name, options);
    }),
  );

program
  .command('exec <droplet> [command...]')
  .description('run a command in a droplet as root; without one, a shell')
  .passThroughOptions()
  .addOption(name)
  .action(
    asRoot(async (options, droplet: string, command: string[]) => {
      await enterDroplet(options.name, droplet, command.length > 0 ? command : ['bash', '--login']);
    }),
  );

program
  .command('logs <droplet>')
  .description("a droplet's journal")
  .addOption(name)
  .option('-u, --unit <unit>', 'of one unit')
  .option('-f, --follow', 'go on')
  .action(
    asRoot(async (options, droplet: string) => {
      const unit = options.unit ? [`--unit=${options.unit}`] : [];
      await enterDroplet(options.name, droplet, [
        'journalctl',
        '--no-pager',
        ...unit,
        ...(options.follow ? ['--follow'] : []),
      ]);
    }),
  );

const powerCommands: Record<Power, string> = {
  'power-off': 'pull the plug of a droplet',
  'power-on': 'switch a droplet on',
  shutdown: 'ask a droplet to stop in order',
  reboot: 'ask a droplet to reboot',
};
for (const [what, description] of Object.entries(powerCommands)) {
  program
    .command(`${what} <droplet>`)
    .description(description)
    .addOption(name)
    .action(
      asRoot(async (options, droplet: string) => {
        await ask(options.name, 'POST', `/droplets/${encodeURIComponent(droplet)}/${what}`);
      }),
    );
}

const ENDPOINTS =
  "An endpoint is a droplet's side such as web-1:public or web-1:vpc (vpc when not said), client, api, dns, metadata, packages, registry, authority, spaces or everyone.";

const LINKS = "A link is a droplet's side such as web-1:public or web-1:vpc, or client.";

program
  .command('cut <from> <to>')
  .description('lose all packets between two endpoints')
  .addHelpText('after', `\n${ENDPOINTS}`)
  .addOption(name)
  .option('--one-way', 'only from the first to the second')
  .action(
    asRoot(async (options, from: string, to: string) => {
      await ask(options.name, 'POST', '/cut', { from, to, oneWay: options.oneWay });
    }),
  );

program
  .command('hold <one> <other>')
  .description(
    'keep all packets between two links waiting until `mend`, as while a droplet is moved to another host',
  )
  .addHelpText('after', `\n${LINKS}`)
  .addOption(name)
  .action(
    asRoot(async (options, one: string, other: string) => {
      await ask(options.name, 'POST', '/hold', { one, other });
    }),
  );

program
  .command('netem <link> <figures...>')
  .description(
    'make a link slow (20ms), lossy (5%), or narrow (1400B: larger packets are lost, and nobody is told), or all of it',
  )
  .addHelpText('after', `\n${LINKS}`)
  .addOption(name)
  .action(
    asRoot(async (options, link: string, figures: string[]) => {
      await ask(options.name, 'POST', '/netem', { link, ...disturbance(figures) });
    }),
  );

program
  .command('fault <call> <kind>')
  .description("make calls of DigitalOcean's API fail, or its name servers, or its object store")
  .addHelpText(
    'after',
    `\n<call> is "dns", "spaces", or a method and a path such as "POST /v2/reserved_ips/*/actions"; * stands for one part, ** for all that follows.\n<kind> is one of ${faultKinds.join(', ')}; for dns one of ${DNS_FAULTS.join(', ')}; for spaces one of ${STORE_FAULTS.join(', ')}.`,
  )
  .addOption(name)
  .option('--times <count>', 'how many calls it befalls; by default all', wholeNumber)
  .option('--milliseconds <time>', 'of a delay', wholeNumber)
  .option('--retry-after <seconds>', 'of a 429', wholeNumber)
  .action(
    asRoot(async ({ name: lab, ...more }, call: string, kind: string) => {
      if (call === 'dns' && Object.keys(more).length > 0) {
        throw new Error(
          'A fault of the name servers lasts until `mend`: it takes no other option than --name.',
        );
      }
      const body =
        call === 'dns' ? { fault: kind } : call === 'spaces' ? { kind, ...more } : { call, kind, ...more };
      const path = call === 'dns' || call === 'spaces' ? `/${call}-fault` : '/fault';
      await ask(lab, 'POST', path, body);
    }),
  );

program
  .command('damage <bucket> <object>')
  .description('change bytes in the middle of an object in Spaces, for good')
  .addOption(name)
  .action(
    asRoot(async (options, bucket: string, key: string) => {
      await ask(options.name, 'POST', '/damage', { bucket, key });
    }),
  );

program
  .command('assign-time')
  .argument('<milliseconds>', '', wholeNumber)
  .description("how long DigitalOcean's API needs to move the Reserved IP; at first 1000")
  .addOption(name)
  .action(
    asRoot(async (options, milliseconds: number) => {
      await ask(options.name, 'POST', '/assign-time', { milliseconds });
    }),
  );

program
  .command('mend')
  .description('end all cuts, slow links and faults')
  .addOption(name)
  .action(
    asRoot(async (options) => {
      await ask(options.name, 'POST', '/mend');
    }),
  );

program
  .command('down')
  .description('remove the lab: processes, network, files; only the cache stays')
  .addOption(name)
  .action(
    asRoot(async (options) => {
      const { down } = await import('./instance/down');
      console.log(
        (await down(options.name))
          ? `The lab "${options.name}" is gone.`
          : `There is no lab "${options.name}".`,
      );
    }),
  );

addApiCommand(program);

refuseUnknownCommand();
program.parseAsync().catch((error: Error) => {
  // What isn't a plain Error or one of ours is a mistake in the lab: then the stack trace is what helps.
  const isExpected = ['Error', 'RunError', 'Refusal'].includes(error.name);
  console.error(isExpected ? error.message : error.stack);
  process.exit(process.exitCode ?? 1);
});

/** Without a name it is `up` that runs, and a misspelt one would be taken for an argument of that. */
function refuseUnknownCommand(): void {
  const [first] = process.argv.slice(2);
  const known = [...program.commands.map((command) => command.name()), 'help'];
  if (first === undefined || first.startsWith('-') || known.includes(first)) return;
  program.error(`error: there is no command "${first}"; there are ${known.join(', ')}`);
}

// biome-ignore lint/suspicious/noExplicitAny: commander hands over whatever the options are
type Options = any;

/** Runs an action as root: anybody else goes through sudo, with the same words and whatever is set for Terraform. */
function asRoot(action: (options: Options, ...args: never[]) => Promise<void>) {
  return async (...all: unknown[]): Promise<void> => {
    const command = all.pop() as Command;
    all.pop();
    if (process.platform === 'linux' && process.getuid?.() !== 0) {
      const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
      const variables = Object.keys(process.env).filter((key) => key.startsWith('TF_'));
      const sudo = [`--preserve-env=${variables.join(',')}`, '--', ...words];
      const { status, error } = spawnSync('sudo', sudo, { stdio: 'inherit' });
      if (error) {
        throw new Error('The lab needs root, and there is no sudo here: run it as root.');
      }
      process.exit(status ?? 1);
    }
    await action(command.opts(), ...(all as never[]));
  };
}

async function enterDroplet(lab: string, droplet: string, command: readonly string[]): Promise<void> {
  const { dropletNamed } = await import('./instance/targets');
  const { enter } = await import('./droplet/enter');
  const { droplets } = await ask<LabStatus>(lab, 'GET', '/status');
  const { name: found, initPid } = dropletNamed(droplet, droplets);
  if (initPid === undefined) {
    throw new Error(
      `Droplet ${found} is off; \`${COMMAND} power-on ${droplet}${optionOf(lab)}\` switches it on.`,
    );
  }
  // Each ends when the one that started it does: this process, nsenter, the command. What that has started does so only in order.
  const ending = ['setpriv', '--pdeathsig', 'KILL', '--'];
  const [file = '', ...args] = [...ending, ...enter(initPid), ...ending, ...command];
  endWithNpm(endWithAll);
  const [status] = await once(spawn(file, args, { stdio: 'inherit' }), 'exit');
  process.exitCode = status ?? 1;
}

const FIGURES = { '%': 'loss', ms: 'delay', B: 'mtu' } as const;

function disturbance(figures: readonly string[]): Disturbance {
  const found: { -readonly [figure in keyof Disturbance]: number } = {};
  for (const figure of figures) {
    const [, value, unit] = /^(\d+(?:\.\d+)?)(ms|%|B)$/.exec(figure) ?? [];
    if (!unit) {
      throw new Error(
        `"${figure}" is neither a delay such as 20ms, a loss such as 5%, nor a largest packet such as 1400B.`,
      );
    }
    found[FIGURES[unit as keyof typeof FIGURES]] = Number(value);
  }
  return found;
}
