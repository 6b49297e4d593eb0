// Opens a scene as Excalidraw does when a file is dropped on it, and draws it as its export does.
import { exportToSvg, restore } from "@excalidraw/excalidraw";

window.show = async (scene, width, height) => {
  const opened = restore(scene, null, null, { repairBindings: true });
  const frame = {
    ...opened.elements[0],
    id: "sheet", type: "rectangle", x: 0, y: 0, width, height, points: undefined,
    strokeColor: "transparent", backgroundColor: "transparent", strokeWidth: 1, groupIds: [],
  };
  const svg = await exportToSvg({
    elements: [...opened.elements, frame],
    appState: { ...opened.appState, exportBackground: true },
    files: null, exportPadding: 0, skipInliningFonts: true,
  });
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  document.body.style.margin = 0;
  document.body.replaceChildren(svg);
  return opened.elements;
};
