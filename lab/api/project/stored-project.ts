import { Table } from '../server/store';

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly environment: string;
  readonly isDefault: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ProjectResource {
  readonly urn: string;
  /** The URN that a client used for it. */
  readonly shownAs?: string;
  readonly projectId: string;
  readonly assignedAt: string;
}

export const PROJECTS = new Table<string, Project>('projects');
export const PROJECT_RESOURCES = new Table<string, ProjectResource, 'byProject'>('project_resources', {
  byProject: ({ projectId }) => [projectId],
});
