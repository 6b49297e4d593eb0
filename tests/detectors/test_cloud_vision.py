"""Google's real client against a local server that speaks the real ImageAnnotator service."""

from concurrent import futures

import cv2
import numpy as np
import pytest

pytest.importorskip("google.cloud.vision")
grpc = pytest.importorskip("grpc")

from google.auth.credentials import AnonymousCredentials  # noqa: E402
from google.cloud import vision  # noqa: E402
from google.cloud.vision_v1.services.image_annotator.transports import (  # noqa: E402
    ImageAnnotatorGrpcTransport,
)

from inksight_cli.crew import WORTH_IT  # noqa: E402
from inksight_cli.detectors import find_detector  # noqa: E402
from inksight_cli.detectors.cloud_vision import Patience, encoded  # noqa: E402
from inksight_cli.errors import MissingBackendError, UnreadableInputError  # noqa: E402
from inksight_cli.geometry import Box  # noqa: E402
from inksight_cli.pages.page import PageImage  # noqa: E402
from inksight_cli.pipeline import Derenderer  # noqa: E402

SERVICE = "google.cloud.vision.v1.ImageAnnotator"
QUICK = Patience(first=0.01, longest=0.02, total=5.0)
BREAK = vision.TextAnnotation.DetectedBreak.BreakType


class Service:
    """Answers each call with the next of ``answers``: a response, or a status to fail with."""

    def __init__(self):
        self.answers, self.requests = [], []

    def batch(self, request, context):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, grpc.StatusCode):
            context.abort(answer, f"made up {answer.name}")
        return vision.BatchAnnotateImagesResponse(responses=[answer])


@pytest.fixture(scope="module")
def served():
    service = Service()
    handler = grpc.unary_unary_rpc_method_handler(
        lambda request, context: service.batch(request, context),
        request_deserializer=vision.BatchAnnotateImagesRequest.deserialize,
        response_serializer=vision.BatchAnnotateImagesResponse.serialize,
    )
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(SERVICE, {"BatchAnnotateImages": handler})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(
        f"127.0.0.1:{port}", options=[("grpc.max_send_message_length", 20_000_000)]
    )
    transport = ImageAnnotatorGrpcTransport(channel=channel, credentials=AnonymousCredentials())
    yield service, vision.ImageAnnotatorClient(transport=transport)
    channel.close()
    server.stop(0).wait()


@pytest.fixture
def service(served):
    served[0].answers, served[0].requests = [], []
    return served[0]


@pytest.fixture
def detector(served, service):
    return find_detector("cloud-vision", client=served[1], patience=QUICK)


def word(text, corners, confidence=0.9, ends=0, normalized=False):
    symbols = [{"text": letter} for letter in text]
    symbols[-1]["property"] = {"detected_break": {"type_": ends}}
    key = "normalized_vertices" if normalized else "vertices"
    place = {key: [{"x": x, "y": y} for x, y in corners]}
    return {"symbols": symbols, "bounding_box": place, "confidence": confidence}


def answer(*words, size=(400, 300)):
    page = {"width": size[0], "height": size[1], "blocks": [{"paragraphs": [{"words": words}]}]}
    return vision.AnnotateImageResponse(full_text_annotation={"pages": [page]})


def square(left, top, right, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@pytest.fixture
def page():
    return PageImage(np.full((300, 400, 3), 255, dtype=np.uint8), source="note.jpg")


def test_words_lines_and_turned_words(service, detector, page):
    # The last word runs up the page: its first corner is at the bottom left.
    up = [(300, 200), (300, 100), (330, 100), (330, 200)]
    service.answers = [
        answer(
            word("Dear", square(10, 20, 60, 40), ends=BREAK.SPACE),
            word("Ada,", square(70, 22, 120, 41), confidence=0.5, ends=BREAK.LINE_BREAK),
            word("how", square(10, 60, 50, 80), ends=BREAK.EOL_SURE_SPACE),
            word("side", up),
        )
    ]
    lines = detector.detect(page)
    texts = [[w.text for w in line.words] for line in lines]
    assert sorted(texts) == [["Dear", "Ada,"], ["how"], ["side"]]
    first = lines[texts.index(["Dear", "Ada,"])].words
    assert first[0].box == Box(10, 20, 60, 40)
    assert [w.confidence for w in first] == pytest.approx([0.9, 0.5])
    side = lines[texts.index(["side"])].words[0].quad
    assert np.degrees(side.angle) == pytest.approx(-90)
    assert side.size == pytest.approx((100, 30))


def test_the_request_is_document_text_with_the_hints(served, service, page):
    service.answers = [answer()]
    detector = find_detector("cloud-vision", client=served[1], languages=["de", "fr"])
    assert detector.detect(page) == []
    (request,) = service.requests[0].requests
    assert request.features[0].type_ == vision.Feature.Type.DOCUMENT_TEXT_DETECTION
    assert list(request.image_context.language_hints) == ["de", "fr"]
    sent = cv2.imdecode(np.frombuffer(request.image.content, np.uint8), cv2.IMREAD_COLOR)
    assert sent.shape == (300, 400, 3)


def test_normalized_corners(service, detector, page):
    corners = square(0.25, 0.1, 0.5, 0.2)
    service.answers = [answer(word("half", corners, normalized=True))]
    box = detector.detect(page)[0].words[0].box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((100, 30, 200, 60), abs=1e-3)


@pytest.mark.parametrize(
    "busy", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE], ids=["429", "503"]
)
def test_a_busy_service_is_asked_again(service, detector, page, busy):
    service.answers = [busy, busy, answer(word("ok", square(1, 2, 30, 20)))]
    assert detector.detect(page)[0].text == "ok"
    assert len(service.requests) == 3


def test_a_busy_answer_inside_a_success_is_asked_again(service, detector, page):
    busy = vision.AnnotateImageResponse(error={"code": 14, "message": "backend busy"})
    service.answers = [busy, answer(word("ok", square(1, 2, 30, 20)))]
    assert detector.detect(page)[0].text == "ok"
    assert len(service.requests) == 2


def test_a_service_that_stays_busy_is_given_up(served, service, page):
    service.answers = [grpc.StatusCode.UNAVAILABLE]
    impatient = Patience(first=0.01, longest=0.02, total=0.1)
    detector = find_detector("cloud-vision", client=served[1], patience=impatient)
    with pytest.raises(MissingBackendError, match=r"stayed busy for 0\.1 seconds") as error:
        detector.detect(page)
    assert "made up UNAVAILABLE" in str(error.value) and len(service.requests) > 1


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        ("PERMISSION_DENIED", MissingBackendError, "gcloud auth"),
        ("UNAUTHENTICATED", MissingBackendError, "gcloud auth"),
        ("INVALID_ARGUMENT", UnreadableInputError, "note.jpg"),
        ("INTERNAL", MissingBackendError, "made up INTERNAL"),
    ],
)
def test_errors_are_told_once_and_not_repeated(service, detector, page, status, kind, message):
    service.answers = [grpc.StatusCode[status]]
    with pytest.raises(kind) as error:
        detector.detect(page)
    assert message in str(error.value) and len(service.requests) == 1


def test_a_picture_that_google_cannot_read(service, detector, page):
    bad = vision.AnnotateImageResponse(error={"code": 3, "message": "Bad image data."})
    service.answers = [bad]
    with pytest.raises(UnreadableInputError, match=r"cannot read note\.jpg: Bad image data"):
        detector.detect(page)


@pytest.mark.parametrize("limits", [{"max_pixels": 30_000}, {"max_bytes": 9_000}])
def test_pictures_over_the_limits_are_shrunk(limits):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (300, 400, 3), dtype=np.uint8)
    data, sx, sy = encoded(pixels, **limits)
    sent = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert len(data) <= limits.get("max_bytes", len(data))
    assert sent.shape[0] * sent.shape[1] <= limits.get("max_pixels", sent.size)
    assert sent.shape[1] * sx == pytest.approx(400) and sent.shape[0] * sy == pytest.approx(300)
    assert sx > 1 and sy > 1


def test_places_in_a_shrunk_picture_are_mapped_back(service, detector, page, monkeypatch):
    monkeypatch.setattr("inksight_cli.detectors.cloud_vision.encoded", lambda p: (b"x", 4.0, 2.0))
    service.answers = [answer(word("big", square(10, 20, 30, 40)))]
    assert detector.detect(page)[0].words[0].box == Box(40, 40, 120, 80)


def test_what_the_user_is_told_first():
    detector = find_detector("cloud-vision")
    assert "leave this machine" in detector.notice
    assert "1 unit " in detector.cost(1) and "12 units" in detector.cost(12)


def test_missing_credentials(monkeypatch, tmp_path, page):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    detector = find_detector("cloud-vision")
    assert "none.json" in detector.missing()
    broken = tmp_path / "key.json"
    broken.write_text("{}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(broken))
    assert detector.missing() is None
    with pytest.raises(MissingBackendError, match="needs credentials") as error:
        detector.detect(page)
    assert "gcloud auth" in error.value.remedy


def test_missing_package(monkeypatch, page):
    monkeypatch.setattr("inksight_cli.detectors.cloud_vision.find_spec", lambda name: None)
    with pytest.raises(MissingBackendError, match=r"inksight-cli\[cloud-vision\]"):
        find_detector("cloud-vision").detect(page)


def test_the_client_goes_on_when_copies_of_its_process_lay_the_ink(service, detector):
    corners = [square(40 * k + 5, 20, 40 * k + 35, 50) for k in range(2 * WORTH_IT)]
    service.answers = [answer(*(word("-", c) for c in corners), size=(1000, 100))]
    pixels = np.full((100, 1000, 3), 255, dtype=np.uint8)
    for left, top in (c[0] for c in corners):
        cv2.line(pixels, (left + 5, top + 15), (left + 25, top + 15), (0, 0, 0), 3)
    pages = Derenderer(detector, workers=2).pages(PageImage(pixels) for _ in range(3))
    assert [sum(len(w.strokes) for w in page.words) for page in pages] == [len(corners)] * 3
    assert len(service.requests) == 3
