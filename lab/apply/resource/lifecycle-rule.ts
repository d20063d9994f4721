import { createHash } from 'node:crypto';
import type { Attributes } from '../resource-type';
import type { Type } from '../schema';
import { elements, escaped, textOf } from '../spaces';
import type { Known } from '../value';

export const ruleType: Type = {
  object: {
    id: 'string',
    prefix: 'string',
    enabled: 'bool',
    abort_incomplete_multipart_upload_days: 'number',
    expiration: { set: { object: { date: 'string', days: 'number', expired_object_delete_marker: 'bool' } } },
    noncurrent_version_expiration: { set: { object: { days: 'number' } } },
  },
};

/** S3's words for what is to become of objects in time. */
export function toXml(rules: readonly Attributes[]): string {
  return `<LifecycleConfiguration>${rules.map(ruleToXml).join('')}</LifecycleConfiguration>`;
}

/**
 * The rules that a bucket has.
 *
 * @param prior what was wanted: where that gave no id, none is given
 */
export function fromXml(xml: string, prior: readonly Attributes[]): Known[] {
  return elements(xml, 'Rule').map((rule, i) => {
    const number = (name: string, within = rule) => Number(textOf(within, name) ?? 0);
    const [abort = ''] = elements(rule, 'AbortIncompleteMultipartUpload');
    return {
      id: prior[i]?.id === '' ? '' : (textOf(rule, 'ID') ?? ''),
      prefix: textOf(rule, 'Prefix') ?? '',
      enabled: textOf(rule, 'Status') === 'Enabled',
      abort_incomplete_multipart_upload_days: number('DaysAfterInitiation', abort),
      expiration: elements(rule, 'Expiration').map((expiration) => ({
        date: (textOf(expiration, 'Date') ?? '').slice(0, 10),
        days: number('Days', expiration),
        expired_object_delete_marker: textOf(expiration, 'ExpiredObjectDeleteMarker') === 'true',
      })),
      noncurrent_version_expiration: elements(rule, 'NoncurrentVersionExpiration').map((expiration) => ({
        days: number('NoncurrentDays', expiration),
      })),
    };
  });
}

function ruleToXml(rule: Attributes): string {
  const id =
    rule.id ||
    `tf-s3-lifecycle-${createHash('sha1').update(JSON.stringify(rule)).digest('hex').slice(0, 26)}`;
  const [expiration] = rule.expiration as readonly Attributes[];
  const [noncurrent] = rule.noncurrent_version_expiration as readonly Attributes[];
  const abort = rule.abort_incomplete_multipart_upload_days;
  return element('Rule', [
    element('ID', [escaped(String(id))]),
    element('Filter', [element('Prefix', [escaped(String(rule.prefix))])]),
    element('Status', [rule.enabled ? 'Enabled' : 'Disabled']),
    expiration ? element('Expiration', [expirationToXml(expiration)]) : '',
    noncurrent
      ? element('NoncurrentVersionExpiration', [element('NoncurrentDays', [String(noncurrent.days)])])
      : '',
    abort ? element('AbortIncompleteMultipartUpload', [element('DaysAfterInitiation', [String(abort)])]) : '',
  ]);
}

function expirationToXml({ date, days, expired_object_delete_marker }: Attributes): string {
  if (date) return element('Date', [`${date}T00:00:00Z`]);
  if (days) return element('Days', [String(days)]);
  return element('ExpiredObjectDeleteMarker', [String(expired_object_delete_marker)]);
}

const element = (name: string, content: readonly string[]) => `<${name}>${content.join('')}</${name}>`;
