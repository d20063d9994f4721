import { randomUUID } from 'node:crypto';
import type { Cloud } from '../server/cloud';
import { found } from '../server/errors';
import { PROJECT_RESOURCES, PROJECTS } from './stored-project';

export const defaultProject = (cloud: Cloud) =>
  found(
    cloud
      .of(PROJECTS)
      .values()
      .find(({ isDefault }) => isDefault),
  );

/** Every account has a default project. */
export function ensureDefaultProject(cloud: Cloud): void {
  if (cloud.of(PROJECTS).size > 0) return;
  const time = new Date().toISOString();
  const id = randomUUID();
  const texts = {
    name: 'first-project',
    description: '',
    purpose: 'Web Application',
    environment: 'Production',
  };
  cloud.of(PROJECTS).set(id, { id, ...texts, isDefault: true, createdAt: time, updatedAt: time });
}

/** Puts a new thing where its creator wants it, or in the default project. @throws 404 for an unknown project */
export function assignToProject(cloud: Cloud, urn: string, projectId: string | null | undefined): void {
  const project = projectId ? found(cloud.of(PROJECTS).get(projectId)) : defaultProject(cloud);
  cloud.of(PROJECT_RESOURCES).set(urn, { urn, projectId: project.id, assignedAt: new Date().toISOString() });
}

export const assignToDefaultProject = (cloud: Cloud, urn: string) => assignToProject(cloud, urn, undefined);
export const projectOf = (cloud: Cloud, urn: string) =>
  cloud.of(PROJECT_RESOURCES).get(urn)?.projectId ?? defaultProject(cloud).id;
