"""What every template of `deploy/` keeps: no rights but those it names, encryption, limits, alarms that are heard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent
# A wildcard only for the objects of one bucket, or below one prefix of it: their keys are not known.
OBJECTS = re.compile(r"[^*]+/\*")
# Services that act for whoever asks them: their rights are for what belongs to this stack. Of EventBridge alone a topic
# must not ask which rule it is.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
DEPUTIES = {f"{name}.amazonaws.com" for name in ("s3", "sns", "events", "cloudtrail", "firehose", "batchoperations.s3")}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags: `!Sub x` is read as `{"Sub": "x"}`."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, and the place where it stands."""

    place: str
    content: dict[str, Any]


def templates() -> dict[str, dict[str, Any]]:
    """All templates, by their names."""
    files = [FOLDER / "template.yaml", FOLDER / "web.yaml", *sorted((FOLDER / "paths").glob("*.yaml"))]
    return {file.name: yaml.load(file.read_text(encoding="utf-8"), _Loader) for file in files}


def statements(template: dict[str, Any]) -> list[Statement]:
    """Every statement of every policy in the template: of roles, of queues, topics and buckets, in whichever branch."""
    return [
        Statement(f"{name} {statement.get('Sid', '')}".strip(), statement)
        for name, resource in template["Resources"].items()
        for listed in _values(resource, "Statement")
        for statement in _alternatives(listed)
    ]


def faults(template: dict[str, Any]) -> Iterator[str]:
    """What the template does not keep."""
    for statement in statements(template):
        for fault in _excesses(statement.content):
            yield f"{statement.place}: {fault}"
    for name, resource in template["Resources"].items():
        for fault in _omissions(resource["Type"], resource.get("Properties", {})):
            yield f"{name}: {fault}"
    for seconds, visible in template.get("Mappings", {}).get("VisibilityTimeout", {}).items():
        if visible["Seconds"] < 6 * int(seconds):
            yield f"messages come back after {visible['Seconds']} s, the function may take {seconds} s"
    yield from _unheard(template["Resources"])


def _excesses(statement: dict[str, Any]) -> Iterator[str]:
    """What a statement allows beyond what it must."""
    if statement["Effect"] == "Deny":
        return
    for inverse in ("NotAction", "NotResource", "NotPrincipal"):
        if inverse in statement:
            yield f"{inverse} allows all but what it names"
    actions = list(_texts(statement.get("Action", [])))
    for action in actions:
        if "*" in action:
            yield f"the action {action}"
    for resource in _texts(statement.get("Resource", [])):
        is_objects = OBJECTS.fullmatch(resource) and all(action.startswith("s3:") for action in actions)
        if "*" in resource and not is_objects:
            yield f"the resource {resource}"
    principal = statement.get("Principal", {})
    if not isinstance(principal, dict) or set(principal) - {"Service"}:
        yield f"the principal {principal}"
        return
    for service in _texts(principal.get("Service", [])):
        names_source = re.search("aws:Source(Arn|Account)", str(statement.get("Condition")))
        if (service, actions) == ("events.amazonaws.com", ["sns:Publish"]):
            if "Condition" in statement:
                yield "EventBridge publishes to no topic whose policy has a condition"
        elif service in DEPUTIES and not names_source:
            yield f"{service} may act for anyone: its condition names no source"


def _omissions(kind: str, properties: dict[str, Any]) -> Iterator[str]:
    """What a resource of the kind lacks."""
    if kind == "AWS::IAM::Role" and "ManagedPolicyArns" in properties:
        yield "what AWS's policies allow is not seen here"
    if kind == "AWS::Lambda::Permission" and "SourceArn" not in properties:
        yield f"{properties.get('Principal')} may invoke the function for anyone"
    if kind == "AWS::SQS::Queue" and properties.get("SqsManagedSseEnabled") is not True:
        yield "the queue is not encrypted"
    if kind == "AWS::Kinesis::Stream" and "StreamEncryption" not in properties:
        yield "the stream is not encrypted"
    if kind == "AWS::S3::Bucket":
        for needed in ("BucketEncryption", "PublicAccessBlockConfiguration", "OwnershipControls"):
            if needed not in properties:
                yield f"the bucket has no {needed}"
        if "CorsConfiguration" in properties and "LifecycleConfiguration" not in properties:
            yield "what comes from a browser never expires"
    if kind == "AWS::Lambda::Function" and "ReservedConcurrentExecutions" not in properties:
        yield "whoever invokes the function may take all invocations of the account"
    if kind == "AWS::ApiGatewayV2::Stage":
        for needed in ("DefaultRouteSettings", "AccessLogSettings"):
            if needed not in properties:
                yield f"the stage has no {needed}"
    for origins in (*_values(properties, "AllowedOrigins"), *_values(properties, "AllowOrigins")):
        if any("*" in origin for origin in _texts(origins)):
            yield "pages of any origin are admitted"


def _unheard(resources: dict[str, Any]) -> Iterator[str]:
    """Queues that something is given up into without an alarm, and alarms that tell nobody."""
    alarms = [resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::CloudWatch::Alarm"]
    for alarm in alarms:
        if "AlarmTopicArn" not in str(alarm.get("AlarmActions")):
            yield f"nobody hears of the alarm for {alarm.get('MetricName', alarm.get('AlarmDescription'))}"
    watched = str([alarm.get("Dimensions") for alarm in alarms])
    targets = str(list(_values(resources, "deadLetterTargetArn")) + list(_values(resources, "DeadLetterConfig")))
    for name, resource in resources.items():
        is_target = resource["Type"] == "AWS::SQS::Queue" and f"'{name}.Arn'" in targets
        if is_target and f"'{name}.QueueName'" not in watched:
            yield f"{name}: nobody hears of what is given up"


def _values(value: Any, key: str) -> Iterator[Any]:
    """All values of the key, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            else:
                yield from _values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, key)


def _alternatives(value: Any) -> Iterator[dict[str, Any]]:
    """The statements of a list, both branches of each `!If` among them."""
    if isinstance(value, list):
        for inner in value:
            yield from _alternatives(inner)
    elif "If" in value:
        yield from _alternatives(value["If"][1:])
    elif "Effect" in value:
        yield value
    elif value != {"Ref": "AWS::NoValue"}:
        raise ValueError(f"no statement: {value}")


def _texts(value: Any) -> Iterator[str]:
    """The texts of an action, a resource or a principal: of `!Sub` what is filled in, else what is referred to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif "If" in value:
        yield from _texts(value["If"][1:])
    elif "Sub" in value:
        yield from _texts(value["Sub"][0] if isinstance(value["Sub"], list) else value["Sub"])
    else:
        yield str(value)
