// Keeps a touch screen a touch screen: no menus, no selecting, no pinching, no dragging away.

export function guardTheGlass(): void {
  const refuse = (event: Event) => event.preventDefault();
  addEventListener('contextmenu', refuse);
  addEventListener('dragstart', refuse);
  addEventListener('selectstart', refuse);
  addEventListener('gesturestart', refuse);
  addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1) event.preventDefault();
    },
    { passive: false },
  );
  addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    { passive: false },
  );
}
