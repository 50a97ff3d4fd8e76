// A loudspeaker's page: listens for cues of its station, sounds them, and answers when it is quiet
// again. Of several such pages the station lets one speak. Browsers forbid sound until somebody has
// touched the page (or Chromium was started with --autoplay-policy=no-user-gesture-required); until
// then this page does not offer itself, so that another one may speak.
import { ref, type Ref } from 'vue';
import { post } from './floor';

export type SoundState = 'forbidden' | 'waiting' | 'elected' | 'standby' | 'none';

interface Utterance {
  language: string;
  text: string;
}

interface Cue {
  kind: 'hello' | 'elected' | 'standby' | 'announce';
  loudspeaker: string;
  player: string;
  play: string;
  sound: string;
  chime: string;
  repeat: number;
  gap_ms: number;
  volume: number;
  text: string;
  utterances: Utterance[];
}

const AGAIN_MS = 3_000;

export interface Sound {
  readonly state: Ref<SoundState>;
  readonly speaking: Ref<string>;
  /** To be called from a touch: the only moment at which a browser may allow sound. */
  allow(): Promise<void>;
  stop(): void;
}

export function openSound(zone: string): Sound {
  const context = new AudioContext();
  const state = ref<SoundState>('forbidden');
  const speaking = ref('');
  let ownVoiceFailed = false;
  let stream: EventSource | undefined;
  let retry = 0;

  function listen(): void {
    if (stream) return;
    state.value = 'waiting';
    const source = new EventSource(`/voice/stream?zone=${encodeURIComponent(zone)}`);
    stream = source;
    source.onmessage = (message) => void take(JSON.parse(message.data as string) as Cue);
    source.onerror = () => {
      source.close();
      stream = undefined;
      state.value = 'none';
      retry = window.setTimeout(listen, AGAIN_MS);
    };
  }

  async function take(cue: Cue): Promise<void> {
    if (cue.kind === 'elected' || cue.kind === 'standby') state.value = cue.kind;
    if (cue.kind !== 'announce') return;
    speaking.value = cue.text;
    const own = ownVoiceFailed ? undefined : voicesFor(cue.utterances);
    const heard = await (own ? read(context, cue, own) : play(context, cue));
    if (own && !heard) ownVoiceFailed = true; // asked again, it plays the station's sound
    speaking.value = '';
    const { loudspeaker, player, play: name } = cue;
    await post('/voice/ended', { loudspeaker, player, play: name, heard });
  }

  async function allow(): Promise<void> {
    // Without permission `resume` never settles: whoever waits is called by `statechange`.
    if (context.state !== 'running') void context.resume();
    if (context.state === 'running') listen();
  }

  context.onstatechange = () => {
    if (context.state === 'running') listen();
  };
  void allow();
  return {
    state,
    speaking,
    allow,
    stop() {
      clearTimeout(retry);
      stream?.close();
      void context.close();
    },
  };
}

/** Chime, then the sentence as often as asked, each after a short gap. False when it cannot be heard. */
async function play(context: AudioContext, cue: Cue): Promise<boolean> {
  try {
    const [chime, sound] = await Promise.all([load(context, cue.chime), load(context, cue.sound)]);
    let at = context.currentTime + 0.05;
    at = schedule(context, chime, at, cue.volume);
    let last: AudioBufferSourceNode | undefined;
    for (let time = 0; time < cue.repeat; time += 1) {
      last = source(context, sound, cue.volume);
      last.start(at + cue.gap_ms / 1000);
      at += cue.gap_ms / 1000 + sound.duration;
    }
    await new Promise((resolve) => last?.addEventListener('ended', resolve));
    return true;
  } catch {
    return false;
  }
}

/** Chime, then the page's own voices. False as soon as one of them says that it failed. */
async function read(
  context: AudioContext,
  cue: Cue,
  voices: SpeechSynthesisVoice[],
): Promise<boolean> {
  try {
    const chime = await load(context, cue.chime);
    schedule(context, chime, context.currentTime, cue.volume);
    await pause(chime.duration * 1000 + cue.gap_ms);
    for (let time = 0; time < cue.repeat; time += 1) {
      for (const [at, { text }] of cue.utterances.entries()) await say(text, voices[at]!, cue);
      await pause(cue.gap_ms);
    }
    return true;
  } catch {
    return false;
  }
}

/** A voice of this computer for each sentence; one that is fetched from a network does not count. */
function voicesFor(utterances: Utterance[]): SpeechSynthesisVoice[] | undefined {
  const here = globalThis.speechSynthesis?.getVoices().filter((voice) => voice.localService) ?? [];
  const found = utterances.flatMap(({ language }) => {
    const voice = here.find(({ lang }) => lang.replace('_', '-').split('-')[0] === language);
    return voice ? [voice] : [];
  });
  return found.length && found.length === utterances.length ? found : undefined;
}

function say(text: string, voice: SpeechSynthesisVoice, cue: Cue): Promise<void> {
  return new Promise((resolve, reject) => {
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.voice = voice;
    spoken.lang = voice.lang;
    spoken.volume = cue.volume / 100;
    spoken.onend = () => resolve();
    spoken.onerror = ({ error }) => reject(new Error(error));
    speechSynthesis.speak(spoken);
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function schedule(context: AudioContext, buffer: AudioBuffer, at: number, volume: number): number {
  source(context, buffer, volume).start(at);
  return at + buffer.duration;
}

function source(context: AudioContext, buffer: AudioBuffer, volume: number): AudioBufferSourceNode {
  const node = context.createBufferSource();
  const gain = context.createGain();
  gain.gain.value = volume / 100;
  node.buffer = buffer;
  node.connect(gain).connect(context.destination);
  return node;
}

async function load(context: AudioContext, address: string): Promise<AudioBuffer> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return context.decodeAudioData(await answer.arrayBuffer());
}
