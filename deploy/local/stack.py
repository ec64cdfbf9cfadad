"""The templates of `deploy/`, deployed on the emulator the way `sam deploy` does it on AWS."""

import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from emulator import Emulator

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
STACK_NAME = "sandpress"
CODE_BUCKET = "sandpress-code"
# What `make package` puts into target/package, by the names that the templates have for it.
COMPRESS, UPLOAD = "compress.zip", "upload.zip"
# What ministack 1.5.33 lacks in CloudFormation, and refuses a template for; in its place stands what does nothing.
LACKING = ("AWS::CloudTrail::Trail", "AWS::Events::Archive")
PLACEHOLDER = "AWS::CloudFormation::WaitConditionHandle"


@dataclass(frozen=True)
class Web:
    """The web interface, if it is wanted: its package, and the parameters of the template that begin with `Web`."""

    package: Path
    parameters: dict[str, str]


@dataclass(frozen=True)
class Stack:
    """What the template created."""

    source_bucket: str
    destination_bucket: str
    dead_letter_queue_url: str
    function_name: str
    log_group: str
    # All outputs of the template, these and those that only some paths have.
    outputs: dict[str, str]

    @property
    def queue_url(self) -> str:
        """The queue that uploads wait in; not every path has one."""
        return self.outputs["QueueUrl"]


def deploy(emulator: Emulator, package: Path, events: str = "sqs", web: Web | None = None) -> Stack:
    """Upload the zips and the nested templates, and create the stack for a path of events."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=CODE_BUCKET)
    s3.upload_file(str(package), CODE_BUCKET, COMPRESS)
    parameters = {"Architecture": architecture(), "Events": events}
    if web is not None:
        s3.upload_file(str(web.package), CODE_BUCKET, UPLOAD)
        parameters |= web.parameters

    def nested(path: str) -> str:
        body = _implemented(packaged((TEMPLATE.parent / path).read_text(encoding="utf-8"), nested))
        s3.put_object(Bucket=CODE_BUCKET, Key=path, Body=body.encode())
        return f"{emulator.endpoint}/{CODE_BUCKET}/{path}"

    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateBody=packaged(TEMPLATE.read_text(encoding="utf-8"), nested),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    except WaiterError as error:
        raise RuntimeError("the stack was not created:\n" + "\n".join(_failures(cloudformation))) from error

    described = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    outputs: dict[str, str] = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    stack = Stack(
        source_bucket=outputs["SourceBucket"],
        destination_bucket=outputs["DestinationBucket"],
        dead_letter_queue_url=outputs["DeadLetterQueueUrl"],
        function_name=outputs["FunctionName"],
        log_group=outputs["LogGroup"],
        outputs=outputs,
    )
    _mend_scaling(emulator)
    _allow_plain_http(emulator, stack)
    return stack


def _mend_scaling(emulator: Emulator) -> None:
    """Say the maximum concurrency again, as a number.

    A template's parameter is text; AWS converts it, ministack 1.5.33 does not, and then fails to compare it whenever
    it polls the queue.
    """
    functions = emulator.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if "ScalingConfig" in mapping:
            maximum = int(mapping["ScalingConfig"]["MaximumConcurrency"])
            functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": maximum})


def _allow_plain_http(emulator: Emulator, stack: Stack) -> None:
    """Drop the buckets' policies, which admit nothing but TLS: there is none on the loopback interface."""
    s3 = emulator.client("s3")
    for bucket in (stack.source_bucket, stack.destination_bucket):
        s3.delete_bucket_policy(Bucket=bucket)


def packaged(template: str, nested: Callable[[str], str]) -> str:
    """The template with files' places in S3 for their paths, as `sam package` does; `nested` uploads a template."""
    code = r"\.\./target/package/(\S+)"
    result = re.sub(rf"(CodeUri:) {code}", rf"\1 s3://{CODE_BUCKET}/\2", template)
    result = re.sub(rf"(Code:) {code}", rf"\1 {{S3Bucket: {CODE_BUCKET}, S3Key: \2}}", result)
    return re.sub(r"(TemplateURL:) (\S+)", lambda found: f"{found[1]} {nested(found[2])}", result)


def _implemented(template: str) -> str:
    """The template without the types that ministack lacks."""
    for kind in LACKING:
        template = template.replace(f"Type: {kind}\n", f"Type: {PLACEHOLDER}\n")
    return template


def api_url(emulator: Emulator, stack: Stack) -> str:
    """Where the template's API is here: no name server knows its host."""
    return f"{emulator.endpoint}/_aws/execute-api/{stack.outputs['WebApiId']}/"


def architecture() -> str:
    """Lambda's name of this machine's architecture: the function runs right here."""
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


def function_log(emulator: Emulator, stack: Stack) -> list[str]:
    """All that the function has logged."""
    pages = emulator.client("logs").get_paginator("filter_log_events").paginate(logGroupName=stack.log_group)
    return [event["message"] for page in pages for event in page["events"]]


def _failures(cloudformation: Any) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    return [
        f"{event['LogicalResourceId']}: {event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"] or "ROLLBACK" in event["ResourceStatus"]
    ]
