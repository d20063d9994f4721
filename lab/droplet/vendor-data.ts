import type { DropletSpec } from '../api/server/hardware';

const BOUNDARY = 'vendor-data';

/** DigitalOcean's own part of a droplet's first boot: settings for all, and the monitoring agent for who asked for it. */
export function vendorData({ monitoring }: Pick<DropletSpec, 'monitoring'>): string {
  const parts = [['cloud-config', SETTINGS], ...(monitoring ? [['x-shellscript', AGENT]] : [])];
  return [
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"\nMIME-Version: 1.0\n`,
    ...parts.map(([type, content]) => `--${BOUNDARY}\nContent-Type: text/${type}\n\n${content}`),
    `--${BOUNDARY}--\n`,
  ].join('\n');
}

const SETTINGS = '#cloud-config\nmanage_etc_hosts: true\n';

/**
 * DigitalOcean's agent (do-agent) is not in Debian's archive, and nothing in the lab would listen to it. So another program runs
 * under its name and as its user, and does what it does on the droplet itself: it asks the metadata address.
 */
const AGENT = `#!/bin/sh
set -e
getent passwd do-agent > /dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin do-agent
cat > /etc/systemd/system/do-agent.service <<'UNIT'
[Unit]
Description=In place of DigitalOcean's monitoring agent
Wants=network-online.target
After=network-online.target

[Service]
User=do-agent
ExecStart=/bin/sh -c 'while true; do curl --silent --max-time 5 http://169.254.169.254/metadata/v1/id; sleep 60; done'
StandardOutput=null
Restart=always

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now do-agent.service
`;
