import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Cloud } from '../server/cloud';
import { conflict, preconditionFailed, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { defaultProject } from './project-member';
import { PROJECT_RESOURCES, PROJECTS, type Project } from './stored-project';

const KNOWN_PURPOSES = [
  'Just trying out DigitalOcean',
  'Class project / Educational purposes',
  'Website or blog',
  'Web Application',
  'Service or API',
  'Mobile Application',
  'Machine learning / AI / Data processing',
  'IoT',
  'Operational / Developer tooling',
];
export const ENVIRONMENTS = ['Development', 'Staging', 'Production'] as const;

const readOnly = {
  id: z.string().nullish(),
  owner_uuid: z.string().nullish(),
  owner_id: z.int().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
};
const name = z.string().min(1).max(175);
const purpose = z.string().min(1).max(255);
const texts = { description: z.string().max(255).nullish(), environment: z.string().nullish() };
export const createBody = openapi(z.strictObject({ ...readOnly, ...texts, name, purpose }));
export const body = openapi(
  z.strictObject({
    ...readOnly,
    ...texts,
    name: name.nullish(),
    purpose: purpose.nullish(),
    is_default: z.boolean().nullish(),
  }),
);
export type Body = z.infer<typeof body>;

const purposeOf = (text: string) =>
  KNOWN_PURPOSES.includes(text) || text.startsWith('Other: ') ? text : `Other: ${text}`;

function environmentOf(text: string): string {
  if (text === '') return '';
  const known = ENVIRONMENTS.find((name) => name.toLowerCase() === text.toLowerCase());
  if (!known) throw unprocessable(`environment must be one of ${ENVIRONMENTS.join(', ')}.`);
  return known;
}

function refuseSameName(cloud: Cloud, name: string, own?: Project): void {
  if (
    cloud
      .of(PROJECTS)
      .values()
      .some((project) => project.name === name && project.id !== own?.id)
  )
    throw conflict('name is already in use');
}

export function updateProject(cloud: Cloud, project: Project, change: Body): Project {
  if (change.name) refuseSameName(cloud, change.name, project);
  const environment = environmentOf(change.environment ?? project.environment);
  if (change.is_default && !project.isDefault) {
    const previous = defaultProject(cloud);
    cloud.of(PROJECTS).set(previous.id, { ...previous, isDefault: false });
  }
  return cloud.of(PROJECTS).set(project.id, {
    ...project,
    name: change.name ?? project.name,
    description: change.description ?? project.description,
    purpose: change.purpose ? purposeOf(change.purpose) : project.purpose,
    environment,
    isDefault: project.isDefault || change.is_default === true,
    updatedAt: new Date().toISOString(),
  });
}

export function createProject(cloud: Cloud, fields: z.infer<typeof createBody>): Project {
  refuseSameName(cloud, fields.name);
  const time = new Date().toISOString();
  const id = randomUUID();
  return cloud.of(PROJECTS).set(id, {
    id,
    name: fields.name,
    description: fields.description ?? '',
    purpose: purposeOf(fields.purpose),
    environment: environmentOf(fields.environment ?? ''),
    isDefault: false,
    createdAt: time,
    updatedAt: time,
  });
}

export function removeProject(cloud: Cloud, project: Project): void {
  if (project.isDefault) throw preconditionFailed('cannot delete the default project');
  if (cloud.of(PROJECT_RESOURCES).byProject.has(project.id))
    throw preconditionFailed('cannot delete a project with resources');
  cloud.of(PROJECTS).delete(project.id);
}
