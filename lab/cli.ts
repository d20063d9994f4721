import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { faultKinds } from './api/faults';
import { ask } from './control';
import type { LabStatus, Power } from './lab';
import { DNS_FAULTS } from './network/dns-server';
import { optionOf } from './places';
import { Progress } from './progress';

/** `npm run lab`: a local DigitalOcean with the stack on it. Commands that need more of the lab load it when they run. */

const name = new Option('-n, --name <name>', 'which lab, when there are several').default('lab');
const json = new Option('--json', 'as JSON');
const how = new Option(
  '--apply <how>',
  'who applies the stack; by default Terraform where its providers can be had',
).choices(['terraform', 'direct']);
const app = new Option(
  '--app <command>',
  'the command that synthesizes the stack; by default the one in cdktf.json',
);

const program = new Command('npm run lab --')
  .description('A local DigitalOcean on one Linux machine, with the synthesized stack on it.')
  .enablePositionalOptions()
  .showHelpAfterError('(--help says more)')
  .configureHelp({ showGlobalOptions: true });

program
  .command('up', { isDefault: true })
  .description('start a lab and deploy the stack onto it')
  .addOption(name)
  .option('-p, --port <port>', "port of this machine's loopback that leads to the site", portNumber, 8080)
  .addOption(how)
  .addOption(app)
  .option('--image <file>', 'archive of the container image that the stack runs, as `docker save` makes it')
  .addOption(
    new Option('--flows <mode>', 'what becomes of open connections when the Reserved IP moves')
      .choices(['stay', 'cut'])
      .default('stay'),
  )
  .action(
    asRoot(async (options) => {
      const { down } = await import('./down');
      const { up } = await import('./up');
      const { nextSteps } = await import('./report');
      const progress = new Progress();
      process.once('SIGINT', () => {
        progress.say('Interrupted: taking everything down');
        down(options.name).finally(() => process.exit(130));
      });
      console.log(nextSteps(await up({ ...options, progress }), options.name, progress.seconds()));
    }),
  );

program
  .command('apply')
  .description('synthesize the stack anew and apply it to the running lab')
  .addOption(name)
  .addOption(how)
  .addOption(app)
  .option('--replace <address...>', 'replace these though nothing changed: digitalocean_droplet.web-1')
  .action(
    asRoot(async (options) => {
      const { applyAgain } = await import('./up');
      const changes = await applyAgain(options);
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
      const { statusReport } = await import('./report');
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
      const { showEvents } = await import('./report');
      await ask(options.name, 'GET', '/status');
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

const ENDS =
  "An end is a droplet's side such as web-1:public or web-1:vpc (vpc when not said), client, api, dns, metadata, packages, registry, authority or everyone.";

program
  .command('cut <from> <to>')
  .description('lose all packets between two ends')
  .addHelpText('after', `\n${ENDS}`)
  .addOption(name)
  .option('--one-way', 'only from the first to the second')
  .action(
    asRoot(async (options, from: string, to: string) => {
      await ask(options.name, 'POST', '/cut', { from, to, oneWay: options.oneWay });
    }),
  );

program
  .command('netem <link> <figures...>')
  .description('make a link slow (20ms) or lossy (5%), or both')
  .addHelpText('after', "\nA link is a droplet's side such as web-1:public or web-1:vpc, or client.")
  .addOption(name)
  .action(
    asRoot(async (options, link: string, figures: string[]) => {
      await ask(options.name, 'POST', '/netem', { link, ...disturbance(figures) });
    }),
  );

program
  .command('fault <call> <kind>')
  .description("make calls of DigitalOcean's API fail, or its name servers")
  .addHelpText(
    'after',
    `\n<call> is "dns", or a method and a path such as "POST /v2/reserved_ips/*/actions"; * stands for one part, ** for all that follows.\n<kind> is one of ${faultKinds.join(', ')}; for dns one of ${DNS_FAULTS.join(', ')}.`,
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
      await (call === 'dns'
        ? ask(lab, 'POST', '/dns-fault', { fault: kind })
        : ask(lab, 'POST', '/fault', { call, kind, ...more }));
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
      const { down } = await import('./down');
      console.log(
        (await down(options.name))
          ? `The lab "${options.name}" is gone.`
          : `There is no lab "${options.name}".`,
      );
    }),
  );

const CLIENTS = `
Terraform reads DIGITALOCEAN_API_URL and DIGITALOCEAN_TOKEN, doctl DIGITALOCEAN_API_URL and
DIGITALOCEAN_ACCESS_TOKEN; godo takes SetBaseURL. pydo sends its token over HTTPS only, so give it as a header:
  Client(token, endpoint=url, authentication_policy=HeadersPolicy({"Authorization": f"Bearer {token}"}))`;

program
  .command('api')
  .description("DigitalOcean's API alone, on loopback, without root: records only, nothing boots")
  .option('-p, --port <port>', 'port of the loopback', portNumber, 8080)
  .option('-t, --token <token>', 'the token that clients must send', process.env.DIGITALOCEAN_TOKEN)
  .option('--state <file>', 'where the account survives; by default it is gone with the process')
  .addHelpText('after', CLIENTS)
  .option('--rate-limits', "refuse more calls than DigitalOcean's 250 a minute and 5,000 an hour")
  .action(async ({ port, token, state, rateLimits }) => {
    if (!token) {
      throw new Error('A token is needed: give --token, or set DIGITALOCEAN_TOKEN.');
    }
    const { runApiAlone } = await import('./api/main');
    await runApiAlone({ port, token, stateFile: state, rateLimits });
  });

program.parseAsync().catch((error: Error) => {
  // What isn't a plain Error or one of ours is a mistake in the lab: then the stack trace is what helps.
  const isExpected = ['Error', 'RunError', 'Refusal'].includes(error.name);
  console.error(isExpected ? error.message : error.stack);
  process.exit(1);
});

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
  const { dropletNamed } = await import('./ends');
  const { enter } = await import('./droplet/enter');
  const { droplets } = await ask<LabStatus>(lab, 'GET', '/status');
  const { name: found, leader } = dropletNamed(droplet, droplets);
  if (leader === undefined) {
    throw new Error(
      `Droplet ${found} is off; \`npm run lab -- power-on ${droplet}${optionOf(lab)}\` switches it on.`,
    );
  }
  const [file = '', ...args] = [...enter(leader), ...command];
  process.exitCode = spawnSync(file, args, { stdio: 'inherit' }).status ?? 1;
}

function disturbance(figures: readonly string[]): { loss?: number; delay?: number } {
  const found: { loss?: number; delay?: number } = {};
  for (const figure of figures) {
    const [, value, unit] = /^(\d+(?:\.\d+)?)(ms|%)$/.exec(figure) ?? [];
    if (!unit) {
      throw new Error(`"${figure}" is neither a delay such as 20ms nor a loss such as 5%.`);
    }
    found[unit === '%' ? 'loss' : 'delay'] = Number(value);
  }
  return found;
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) {
    throw new InvalidArgumentError('A port is at most 65535.');
  }
  return port;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
}
