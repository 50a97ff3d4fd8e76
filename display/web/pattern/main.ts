// The test pattern (测试图) for the sender of an LED wall: the same rectangle as `/wall?x=&y=&w=&h=`,
// so that the wall comes out where the pattern did. Without a size it fills the screen.
import './pattern.css';
import { readPlace } from '../floor/place';
import { draw } from './pattern';

const place = readPlace(location.search);
const canvas = document.querySelector<HTMLCanvasElement>('#pattern');
const warning = document.querySelector<HTMLElement>('#scaled');

function show(): void {
  const brush = canvas?.getContext('2d');
  if (!canvas || !brush || !warning) return;
  canvas.width = place.width || innerWidth;
  canvas.height = place.height || innerHeight;
  canvas.style.left = `${place.left}px`;
  canvas.style.top = `${place.top}px`;
  draw(brush, canvas.width, canvas.height, getComputedStyle(document.body).fontFamily);
  canvas.ariaLabel = `${canvas.width}×${canvas.height} @ ${place.left},${place.top}`;
  const zoom = Math.round(devicePixelRatio * 100);
  warning.hidden = zoom === 100;
  warning.textContent = `缩放 ${zoom}%，应为 100% · Zoom is ${zoom} %, wanted 100 %`;
}

await document.fonts.ready;
show();
addEventListener('resize', show);
