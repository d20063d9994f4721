/**
 * The stack as a package: docs/environments.md says how a project of your own has it ("As a dependency"). ScaleUpStack is the whole; the
 * constructs below are what it is made of, for who puts a stack together in another way.
 */

export { App as AppTier, type AppProps as AppTierProps } from './app';
export { Database, type DatabaseProps } from './database';
export { Dns, type DnsProps } from './dns';
export { Droplet, type DropletProps, type DropletState } from './droplet';
export { type End, Firewall, type FirewallProps, type Flow } from './firewall';
export { flows } from './flows';
export { LoadBalancer, type LoadBalancerProps } from './load-balancer';
export { LoadBalancerReplacement, type LoadBalancerReplacementProps } from './load-balancer-replacement';
export { Monitoring, type MonitoringProps } from './monitoring';
export { Network } from './network';
export { Policy } from './policy';
export { Release, type ReleaseProps } from './release';
export { Replacement, type ReplacementProps } from './replacement';
export { ReservedIp } from './reserved-ip';
export { ROLES, type Role } from './role';
export { parseSettings, type Settings, type SettingsInput } from './settings';
export { ScaleUpStack } from './stack';
export { type Additions, UserData, type UserDataProps } from './user-data';
export { UserError } from './user-error';
export { Web, type WebProps } from './web';
