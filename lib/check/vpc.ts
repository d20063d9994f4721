import ipaddr from 'ipaddr.js';
import type { Api } from './api';
import { type Finding, problemsOr } from './finding';
import type { Synthesized } from './synthesized';

interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly ip_range: string;
  readonly default: boolean;
}

export async function checkVpcs(api: Api, { needs, deployed }: Synthesized): Promise<Finding[]> {
  const all = await api.all<Vpc>('/vpcs', 'vpcs');
  const problems = needs.vpcs.flatMap(({ name, region, range }) => {
    const looksLikeOurs = (vpc: Vpc) => vpc.name === name && vpc.region === region && vpc.ip_range === range;
    const others = all.filter((vpc) => !deployed.has('vpc', vpc.id, looksLikeOurs(vpc)));
    const taken = others.filter((vpc) => vpc.name === name);
    const overlapping = others.filter((vpc) => overlap(vpc.ip_range, range));
    // Without one, the first that is made becomes the default, and that one can't be deleted.
    const isFirst = !all.some((vpc) => vpc.region === region);
    return [
      ...taken.map(
        (vpc) => `a VPC named ${name} exists (in ${vpc.region}); set another prefix, or delete it`,
      ),
      ...overlapping.map(
        (vpc) => `${range} overlaps with ${vpc.ip_range} of ${vpc.name}; set another vpcRange`,
      ),
      ...(isFirst
        ? [
            `${region} has no VPC yet, so that ${name} would become its default, which can't be deleted; make another before: doctl vpcs create --name default-${region} --region ${region}`,
          ]
        : []),
    ];
  });
  return problemsOr(
    'VPC',
    problems,
    `${needs.vpcs.map(({ name, range }) => `${name}, ${range}`).join('; ')}: free, or this stack's`,
  );
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [ipaddr.IPv4.parseCIDR(one), ipaddr.IPv4.parseCIDR(other)];
  const bits = Math.min(a[1], b[1]);
  return a[0].match(b[0], bits);
}
