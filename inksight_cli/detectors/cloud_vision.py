"""Google Cloud Vision's document text detection, through Google's own client.

Pictures leave the machine and every page is billed, so it is never chosen automatically; whoever
calls shows `CloudVisionDetector.notice` and `CloudVisionDetector.cost` first. Credentials follow
Google's own rules (Application Default Credentials).

Source of the limits: cloud.google.com/vision/quotas (75 megapixels; requests of 10 MB as JSON,
in which pictures grow by a third).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np

from inksight_cli.detectors.reading_order import ordered, union_quad
from inksight_cli.document import Line, Word
from inksight_cli.errors import MissingBackendError, UnreadableInputError
from inksight_cli.geometry import Quad, as_points
from inksight_cli.ink.types import Pixels
from inksight_cli.pages.page import PageImage

INSTALL = "Install it: pip install 'inksight-cli[cloud-vision]'"
SIGN_IN = "Run: gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS."
UNIT_PRICE = 0.0015  # USD, the list price; less beyond five million units a month
MAX_PIXELS = 75_000_000
MAX_BYTES = 7_000_000
LINE_ENDS = (3, 4, 5)  # EOL_SURE_SPACE, HYPHEN, LINE_BREAK of TextAnnotation.DetectedBreak


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a busy service is asked again: after ``first`` seconds, then twice as long each.

    Attributes:
        first: seconds before the second attempt.
        longest: seconds that one pause may take.
        total: seconds after which a page is given up.
    """

    first: float = 1.0
    longest: float = 30.0
    total: float = 180.0


class CloudVisionDetector:
    """Words as Google Cloud Vision finds and reads them.

    Args:
        languages: hints, BCP-47 codes; none lets Google guess (its own advice).
        client: a ready ``ImageAnnotatorClient``; None makes one by Google's rules.
        patience: how a busy service is asked again.
    """

    name: ClassVar[str] = "cloud-vision"
    summary: ClassVar[str] = "Google Cloud Vision (pictures leave the machine; billed)"
    notice: ClassVar[str] = (
        "The detector cloud-vision sends every picture to Google Cloud Vision: pictures leave "
        "this machine, under the terms of your Google Cloud project."
    )

    def __init__(
        self,
        languages: Sequence[str] = (),
        client: Any = None,  # noqa: ANN401
        patience: Patience | None = None,
    ) -> None:
        self.languages = [languages] if isinstance(languages, str) else list(languages)
        self.patience = patience or Patience()
        self._client = client

    @staticmethod
    def cost(pages: int) -> str:
        """Return the warning to show before ``pages`` pages are sent."""
        units = "1 page is 1 unit" if pages == 1 else f"{pages} pages are {pages} units"
        return (
            f"Cost: {units} of document text detection, at most {pages * UNIT_PRICE:.2f} USD at "
            f"the list price of {1000 * UNIT_PRICE:.2f} USD per 1000 units (the first 1000 a month "
            "are free; cloud.google.com/vision/pricing). Repeated runs are billed again."
        )

    def missing(self) -> str | None:
        """Return what is missing of package and credentials file; the network is not asked."""
        try:
            found = find_spec("google.cloud.vision")
        except ModuleNotFoundError:
            found = None
        if not found:
            return f"The package google-cloud-vision is missing. {INSTALL}"
        path = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        if self._client is None and path and not Path(path).is_file():
            return f"GOOGLE_APPLICATION_CREDENTIALS names {path}, which is no file. {SIGN_IN}"
        return None

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words in reading order.

        Raises:
            MissingBackendError: package, credentials or permission is missing, or the service
                does not answer.
            UnreadableInputError: Google refuses the picture.
        """
        reason = self.missing()
        if reason:
            raise MissingBackendError(reason)
        data, sx, sy = encoded(page.pixels)
        annotation = self._annotated(data, page.source or "the picture")
        return ordered(list(_lines(annotation, sx, sy)))

    def _annotated(self, data: bytes, name: str) -> Any:  # noqa: ANN401
        from google.api_core import exceptions
        from google.api_core.retry import Retry

        retry = Retry(
            predicate=_is_busy,
            initial=self.patience.first,
            maximum=self.patience.longest,
            multiplier=2.0,
            timeout=self.patience.total,
        )
        try:
            return retry(self._asking(data))()
        except exceptions.RetryError as error:
            raise MissingBackendError(
                f"Google Cloud Vision stayed busy for {self.patience.total:g} seconds: "
                f"{_told(error.cause)}.",
                "Try again later, or raise the project's quota.",
            ) from error
        except exceptions.GoogleAPICallError as error:
            _give_up(error, name)

    def _asking(self, data: bytes) -> Callable[[], Any]:
        from google.cloud import vision

        client = self._connected()
        image = vision.Image(content=data)
        context = vision.ImageContext(language_hints=self.languages)

        def ask() -> Any:  # noqa: ANN401
            response = client.document_text_detection(
                image=image, image_context=context, retry=None, timeout=60.0
            )
            # An error of one picture comes inside an answer that is itself a success.
            if response.error.code:
                _raise_status(response.error.code, response.error.message)
            return response.full_text_annotation

        return ask

    def _connected(self) -> Any:  # noqa: ANN401
        if self._client is None:
            from google.auth.exceptions import GoogleAuthError
            from google.cloud import vision

            try:
                self._client = vision.ImageAnnotatorClient()
            except GoogleAuthError as error:
                raise MissingBackendError(
                    f"Google Cloud Vision needs credentials: {_told(error)}.", SIGN_IN
                ) from error
        return self._client


def encoded(
    pixels: Pixels, max_pixels: int = MAX_PIXELS, max_bytes: int = MAX_BYTES
) -> tuple[bytes, float, float]:
    """Return a page (H, W, 3) RGB as JPEG within the API's limits.

    Returns:
        The bytes, and the factors that take x and y in the sent picture back to page pixels.
    """
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, float(np.sqrt(max_pixels / (height * width))))
    while True:
        size = max(int(width * scale), 1), max(int(height * scale), 1)
        small = pixels if scale == 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
        _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])
        if packed.nbytes <= max_bytes or max(size) < 64:
            return packed.tobytes(), width / size[0], height / size[1]
        scale *= 0.95 * float(np.sqrt(max_bytes / packed.nbytes))


def _lines(annotation: Any, sx: float, sy: float) -> Iterator[Line]:  # noqa: ANN401
    for page in annotation.pages:
        # Newer answers give places as shares of the picture, which has this size.
        size = (page.width * sx, page.height * sy)
        for block in page.blocks:
            for paragraph in block.paragraphs:
                yield from _paragraph_lines(paragraph.words, (sx, sy), size)


def _paragraph_lines(
    words: Sequence[Any], scale: tuple[float, float], size: tuple[float, float]
) -> Iterator[Line]:
    line: list[Word] = []
    for found in words:
        quad = _quad(found.bounding_box, scale, size)
        if quad is not None:
            text = "".join(symbol.text for symbol in found.symbols)
            line.append(Word(quad, text=text, confidence=found.confidence or None))
        if line and found.symbols and _ends_line(found.symbols[-1]):
            yield Line(line, union_quad([word.quad for word in line], line[0].quad.angle))
            line = []
    if line:
        yield Line(line, union_quad([word.quad for word in line], line[0].quad.angle))


def _ends_line(symbol: Any) -> bool:  # noqa: ANN401
    return int(symbol.property.detected_break.type_) in LINE_ENDS


def _quad(
    polygon: Any,  # noqa: ANN401
    scale: tuple[float, float],
    size: tuple[float, float],
) -> Quad | None:
    # Corners start at the text's own top-left, clockwise: what a Quad is.
    if len(polygon.vertices) == 4:
        points = as_points([(v.x, v.y) for v in polygon.vertices]) * scale
    elif len(polygon.normalized_vertices) == 4:
        points = as_points([(v.x, v.y) for v in polygon.normalized_vertices]) * size
    else:
        return None
    quad = Quad.from_points(points)
    return quad if min(quad.size) > 0 else None


def _is_busy(error: Exception) -> bool:
    from google.api_core import exceptions

    return isinstance(error, exceptions.TooManyRequests | exceptions.ServiceUnavailable)


def _raise_status(code: int, message: str) -> NoReturn:
    from google.api_core import exceptions

    error: Exception = exceptions.from_grpc_status(code, message)  # type: ignore[no-untyped-call]
    raise error


def _give_up(error: Exception, name: str) -> NoReturn:
    from google.api_core import exceptions

    if isinstance(error, exceptions.Unauthorized | exceptions.Forbidden):
        raise MissingBackendError(
            f"Google Cloud Vision refuses the credentials: {_told(error)}.", SIGN_IN
        ) from error
    if isinstance(error, exceptions.BadRequest):
        raise UnreadableInputError(
            f"Google Cloud Vision cannot read {name}: {_told(error)}."
        ) from error
    raise MissingBackendError(f"Google Cloud Vision failed: {_told(error)}.") from error


def _told(error: BaseException | None) -> str:
    text = str(getattr(error, "message", None) or error)
    return text.strip().splitlines()[0].rstrip(".") if text.strip() else type(error).__name__
