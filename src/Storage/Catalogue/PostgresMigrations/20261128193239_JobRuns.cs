using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class JobRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "JobRuns",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Job = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Outcome = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Asked = table.Column<bool>(type: "boolean", nullable: false),
                    BeganAt = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Node = table.Column<string>(type: "text", maxLength: 100, nullable: true),
                    Did = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    Failure = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    Done = table.Column<int>(type: "integer", nullable: false),
                    Total = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobRuns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ServerNodes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 100, nullable: false),
                    Web = table.Column<bool>(type: "boolean", nullable: false),
                    Jobs = table.Column<bool>(type: "boolean", nullable: false),
                    StartedAt = table.Column<long>(type: "bigint", nullable: false),
                    SeenAt = table.Column<long>(type: "bigint", nullable: false),
                    Keys = table.Column<string>(type: "text", maxLength: 128, nullable: false),
                    Folder = table.Column<string>(type: "text", maxLength: 1024, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ServerNodes", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_JobRuns_BeganAt",
                table: "JobRuns",
                column: "BeganAt");

            migrationBuilder.CreateIndex(
                name: "IX_JobRuns_Job_BeganAt",
                table: "JobRuns",
                columns: new[] { "Job", "BeganAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "JobRuns");

            migrationBuilder.DropTable(
                name: "ServerNodes");
        }
    }
}
