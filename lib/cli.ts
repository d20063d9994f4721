#!/usr/bin/env node
import { check } from './check/command';
import { type Command, helpOf, isHelp, overview, program } from './commands/program';
import { synth, TERRAFORM_COMMANDS } from './commands/terraform-commands';
import { cost } from './cost/command';
import { diagram } from './diagram/command';
import { preview } from './preview/command';
import { UserError } from './user-error';

const COMMANDS: Readonly<Record<string, Command>> = {
  ...{ synth, check, preview, cost, diagram },
  ...TERRAFORM_COMMANDS,
};

/** What the scripts of package.json run, in the folder with cdktf.json: `npm run deploy -- staging` is `scale-up deploy staging`. */
program(([name = '', ...args]) => {
  if (isHelp(name)) return console.log(overview(COMMANDS));
  if (name === '') throw new UserError([overview(COMMANDS)]);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw new UserError([`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}.`]);
  }
  return args.some(isHelp) ? console.log(helpOf(name, command)) : command.run(args);
});
