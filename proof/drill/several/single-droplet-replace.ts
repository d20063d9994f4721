import { oursWithOneOfEach } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';
import { unnoticedReplacement } from '../run/unnoticed-replacement';

const plan = (variant: string, droplets: readonly string[]): Drill => ({
  number: 41,
  variant,
  title: 'Where a tier has one droplet, that is replaced by a deployment',
  hypothesis: 'As with several: the old one serves until the new one does, and goes once nobody asks it.',
  stack: oursWithOneOfEach,
  ...unnoticedReplacement(droplets, { moves: 0 }),
});

export default [
  plan('the web server', ['web-1']),
  plan('the app server', ['app-1']),
  plan('both', ['web-1', 'app-1']),
];
