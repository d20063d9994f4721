import { asserted, type Check, type Control, excepted, prints } from './control';

/** Of an answer that Nginx gives to somebody in the VPC. */
const asking = (curl: string) => `. /run/scale-up/addresses.env; curl --silent ${curl}`;
const web = (command: string, text: string): Check => prints(command, text, ['web']);

const OF_THE_APPLICATION =
  "The application's to say, which alone knows its pages and cookies: what it sends passes unaltered.";

export const NGINX: readonly Control[] = [
  asserted(
    'nginx-01',
    'Workers run as an unprivileged user',
    web('ps -C nginx -o user= | sort -u', 'www-data'),
    'So has the master: systemd starts Nginx as that user.',
  ),
  asserted(
    'nginx-02',
    "nginx.conf is root's, and closed to others",
    web("stat -c '%U %G %a' /etc/nginx/nginx.conf", 'root root 644'),
    'Others may read it, Nginx among them, which never is root: it holds no secret.',
  ),
  asserted(
    'nginx-03',
    'No default site',
    web('find /etc/nginx/sites-enabled /etc/nginx/conf.d -mindepth 1', ''),
  ),
  asserted('nginx-04', 'One instance', web("pgrep --full --count '^nginx: master'", '1')),
  asserted(
    'nginx-05',
    'No version in answers',
    web(asking("--head http://$PRIVATE_IP/-/health | grep -i ^server: | tr -d '\\r'"), 'Server: nginx'),
  ),
  asserted(
    'nginx-06',
    'Buffers of 1 KiB for headers and bodies',
    web(
      `. /run/scale-up/addresses.env; for header in "Cookie: $(printf %08192d 0)" 'Content-Length: 10485761'; do curl --silent --output /dev/null --write-out '%{http_code}\\n' --request POST --header "$header" http://$PRIVATE_IP/-/health; done`,
      '400\n413',
    ),
    'One header of 8 KiB and a body of 10 MiB: cookies, forms and pictures have to fit. HAProxy holds all headers together to 8 KiB.',
  ),
  excepted(
    'nginx-07',
    'Five connections from an address',
    'Whoever connects is a load balancer. Behind one address of a visitor may be a whole office; HAProxy limits how many connections there are at all.',
  ),
  excepted('nginx-08', 'X-Frame-Options', OF_THE_APPLICATION),
  excepted('nginx-09', 'X-XSS-Protection', 'No browser has it any more; where one had, it opened holes.'),
  asserted(
    'nginx-10',
    'X-Content-Type-Options',
    web(
      asking("--head http://$PRIVATE_IP/static/home.css | grep -i ^x-content-type-options: | tr -d '\\r'"),
      'X-Content-Type-Options: nosniff',
    ),
    "Of the files that Nginx serves; of the rest it is the application's to say.",
  ),
  excepted(
    'nginx-12',
    'TLS 1.2 and 1.3 with strong ciphers',
    "TLS ends at HAProxy, which keeps to Mozilla's intermediate profile: another system test has it scanned.",
  ),
  asserted(
    'nginx-13',
    'Strict-Transport-Security',
    prints(
      '. /run/scale-up/addresses.env; . /etc/scale-up/stack.env; curl --silent --insecure --head --resolve $DOMAIN:443:$ANCHOR_IP https://$DOMAIN/ | grep -ic "^strict-transport-security: max-age=$HSTS_AGE"',
      '1',
      ['load-balancer'],
    ),
    'HAProxy says so, for as long as the setting `tls.hstsAge` wants it.',
  ),
  excepted('nginx-14', 'GET, HEAD and POST only', `${OF_THE_APPLICATION} Off in the baseline too.`),
  excepted('nginx-15', 'Content-Security-Policy', OF_THE_APPLICATION),
  excepted('nginx-16', 'Cookies are HttpOnly and Secure', OF_THE_APPLICATION),
  asserted(
    'nginx-17',
    'Time-outs of 5 to 10 s',
    web(
      "awk '/^    (client|send|keepalive).*_timeout / { print $1, $2 }' /etc/nginx/nginx.conf",
      'client_header_timeout 10s;\nclient_body_timeout 30s;\nsend_timeout 30s;\nkeepalive_timeout 75s;',
    ),
    "The client is HAProxy, which has a visitor's headers within 10 s. Bodies may stop for half a minute, as there; and it is never Nginx that ends an idle connection to it.",
  ),
];
