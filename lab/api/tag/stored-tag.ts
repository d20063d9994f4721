import { Table } from '../server/store';

export interface Tag {
  readonly name: string;
}

export const TAGS = new Table<string, Tag>('tags');
