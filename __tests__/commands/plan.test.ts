import { linesOf, type ResourceChange } from '../../lib/commands/plan';

describe('the lines of a plan', () => {
  const changed = (change: Partial<ResourceChange['change']>, more: Partial<ResourceChange> = {}): string[] =>
    linesOf({
      resource_changes: [
        {
          address: 'a.b',
          change: {
            ...{ actions: ['update'], before: {}, after: {} },
            ...{ after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
            ...change,
          },
          ...more,
        },
      ],
    });

  test('show short values, and only the names of long ones, of secrets and of what is not known yet', () => {
    expect(
      changed({
        before: { size: 's-1', file: 'x'.repeat(100), key: 'old', list: ['old'], same: 1, id: 'a' },
        after: { size: 's-2', file: 'y'.repeat(100), key: 'new', list: ['new'], same: 1 },
        after_unknown: { id: true },
        before_sensitive: { key: true, list: [false] },
        after_sensitive: { list: [true] },
      })[0],
    ).toBe('  change: a.b: file, id, key, list, size: "s-1" -> "s-2"');
  });

  test('say what forces a replacement, in which order it goes, and what an earlier one left', () => {
    const replace_paths = [['user_data'], ['tags', 0], ['tags', 1]];
    expect(changed({ actions: ['create', 'delete'], replace_paths })[0]).toBe(
      '  replace, the new one first: a.b: user_data, tags',
    );
    expect(changed({ actions: ['delete', 'create'] }, { action_reason: 'replace_because_tainted' })).toEqual([
      '  replace, the old one goes first: a.b: replace because tainted',
      '0 to create, 0 to change, 1 to replace, 0 to destroy.',
    ]);
    expect(changed({ actions: ['delete'] }, { deposed: '12ab' })[0]).toBe(
      '  destroy: a.b (what an earlier replacement left)',
    );
    expect(changed({ actions: ['read'] })).toHaveLength(1);
  });
});
