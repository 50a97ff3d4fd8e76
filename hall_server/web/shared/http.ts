// The HTTP door: for what comes before a link (signing in) and for pages without one (phones).
import type { Asks, Reads, Refused } from './contract';
import { HallAway, newRequestId, RefusedByHall } from './refused';

const LIMIT_MS = 10_000;

export type Body<T> = Omit<T, 'request_id'>;

export function postAsk<K extends keyof Asks>(
  name: K,
  body: Body<Asks[K]['ask']>,
  hallUrl = '',
): Promise<Asks[K]['answer']> {
  return post(`${hallUrl}/api/v1/${name}`, { ...body, request_id: newRequestId() });
}

export function postRead<K extends keyof Reads>(
  name: K,
  body: Reads[K]['read'],
  hallUrl = '',
): Promise<Reads[K]['answer']> {
  return post(`${hallUrl}/api/v1/${name}`, body);
}

async function post<A>(address: string, body: object): Promise<A> {
  let response: Response;
  let said: unknown;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'include',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    said = await response.json();
  } catch {
    throw new HallAway();
  }
  if (response.ok) return said as A;
  throw new RefusedByHall(said as Refused);
}
