// What several tests of the administration page need.
import { readFileSync } from 'node:fs';
import { Schema, type Shape } from '../../../hall_server/web/admin/schema';
import { isUseful } from '../../../hall_server/web/admin/useful';
import type { Fields } from '../../../hall_server/web/admin/json';

const RULE_FIELDS = ['queues', 'priorities', 'minutes', 'count', 'first', 'second'];

export const useful = (owner: string, record: Fields) =>
  RULE_FIELDS.filter((field) => isUseful(owner, field, record));

/** The shapes of facts, from the document that is written out of the contract. */
export const shapes = (
  JSON.parse(readFileSync('docs/openapi.json', 'utf-8')) as {
    components: { schemas: Record<string, Shape> };
  }
).components.schemas;

export const schema = new Schema(JSON.stringify({ $defs: shapes }));
