// The shape of every kind of fact, as the hall's JSON Schema tells it: what the forms are made from.
import { copy, type Fields, type Json } from './json';

export interface Shape {
  $ref?: string;
  title?: string;
  type?: string;
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  enum?: string[];
  default?: Json;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  additionalProperties?: boolean | Shape;
}

export interface FieldShape {
  name: string;
  shape: Shape;
  required: boolean;
}

export class Schema {
  private readonly shapes: Record<string, Shape>;

  constructor(text: string) {
    const whole = JSON.parse(text) as { $defs: Record<string, Shape> };
    this.shapes = whole.$defs;
  }

  /** The shape itself, where it was only named. */
  resolve(shape: Shape): Shape {
    if (!shape.$ref) return shape;
    const name = shape.$ref.split('/').pop() ?? '';
    const { $ref: _, ...rest } = shape;
    return { ...(this.shapes[name] ?? {}), title: name, ...rest };
  }

  /** The shape of one record of a kind. */
  kind(kind: string): Shape {
    const of = this.shapes['HallFacts']?.properties?.[kind] ?? {};
    return this.resolve(of.items ?? of);
  }

  fields(shape: Shape): FieldShape[] {
    const required = new Set(shape.required ?? []);
    return Object.entries(shape.properties ?? {}).map(([name, field]) => ({
      name,
      shape: this.resolve(field),
      required: required.has(name),
    }));
  }

  /** A value to begin with: the default, or the emptiest that the shape allows. */
  empty(shape: Shape): Json {
    const whole = this.resolve(shape);
    if (whole.default !== undefined) return copy(whole.default);
    if (whole.enum) return whole.enum[0] ?? '';
    switch (whole.type) {
      case 'object':
        return this.emptyFields(whole);
      case 'array':
        return [];
      case 'integer':
        return whole.minimum ?? 0;
      case 'boolean':
        return false;
      default:
        return '';
    }
  }

  emptyFields(shape: Shape): Fields {
    return Object.fromEntries(
      this.fields(shape).map(({ name, shape: field }) => [name, this.empty(field)]),
    );
  }
}
